/** The invented Chinese, Japanese, Arabic and Russian documents of the mock library. */
import type { Written } from "./document";

const documents = "/home/mira/Documents";
const notes = "/home/mira/Notes";

export const chinese: Written[] = [
  {
    id: 43, language: "zh", format: "pdf", folder: `${documents}/House`, name: "热泵使用说明.pdf", title: "空气源热泵使用说明", date: "2023-07-03", about: ["heating"],
    text: `# 空气源热泵使用说明

热泵从室外空气中吸收热量，为房屋供暖。室外温度低于零下十五度时，效率会下降，但仍比电暖器省电。

---
# 节能建议

先做好屋顶和地下室的保温，再选择较小的机器。每年的取暖费用可以减少一半左右。`,
  },
  {
    id: 44, language: "zh", format: "markdown", folder: `${notes}/中文`, name: "茶.md", title: "泡茶笔记", date: "2024-02-25", about: ["tea"],
    text: `# 泡茶笔记

绿茶用八十度的水，乌龙茶要用沸水。第一泡很快倒掉，第二泡最香。水比茶叶更重要。`,
  },
  {
    id: 45, language: "zh", format: "docx", folder: `${documents}/Flat`, name: "租房合同.docx", title: "房屋租赁合同", date: "2019-03-01", about: ["lease"],
    text: `# 房屋租赁合同

租期两年，押金为两个月房租。任何一方要解除合同，须提前三个月书面通知。退房后一个月内退还押金。`,
  },
  {
    id: 46, language: "zh", format: "html", folder: `${documents}/Reading`, name: "向量检索.html", title: "向量检索是怎么回事", date: "2024-07-11", about: ["machines", "language"],
    text: `# 向量检索是怎么回事

模型把一段文字变成几百个数字。意思相近的文字，即使用的是不同的语言，也会落在相近的位置。`,
  },
  {
    id: 47, language: "zh", format: "text", folder: `${notes}/中文`, name: "观星.txt", title: null, date: "2022-12-14", about: ["stars"],
    text: `双子座流星雨

凌晨两点最多，一小时看到四十多颗。城外三十公里，天很黑，北斗七星清清楚楚。下次带热水和毯子。`,
  },
];

export const japanese: Written[] = [
  {
    id: 48, language: "ja", format: "pdf", folder: `${documents}/Travel`, name: "京都の歩き方.pdf", title: "京都の歩き方", date: "2024-04-02", about: ["travel"],
    text: `# 京都の歩き方

朝七時の清水寺には誰もいない。石段をゆっくり登ると、町が静かに目を覚ますのが見える。

---
# 桜の頃

四月の第一週は宿が取りにくい。半年前に予約しておくこと。雨の日は苔寺がいちばん美しい。`,
  },
  {
    id: 49, language: "ja", format: "markdown", folder: `${notes}/日本語`, name: "ぬか漬け.md", title: "ぬか漬けの記録", date: "2023-06-15", about: ["cooking"],
    text: `# ぬか漬けの記録

毎日かき混ぜる。きゅうりは半日、なすは一日。夏は塩を少し多めにする。発酵が進みすぎたら冷蔵庫へ。`,
  },
  {
    id: 50, language: "ja", format: "html", folder: `${documents}/Reading`, name: "睡眠.html", title: "眠りと記憶", date: "2022-01-19", about: ["sleep", "health"],
    text: `# 眠りと記憶

よく眠った人は、覚えた言葉を翌朝も忘れない。大切なのは夜の前半の深い眠りである。`,
  },
  {
    id: 51, language: "ja", format: "text", folder: `${notes}/日本語`, name: "将棋とチェス.txt", title: null, date: "2021-09-09", about: ["chess"],
    text: `将棋とチェス

将棋では取った駒を使える。チェスの終盤は静かだが、将棋の終盤は嵐のようだ。`,
  },
];

export const arabic: Written[] = [
  {
    id: 52, language: "ar", format: "pdf", folder: `${documents}/House`, name: "توفير الطاقة في المنزل.pdf", title: "دليل توفير الطاقة في المنزل", date: "2023-03-22", about: ["heating"],
    text: `# دليل توفير الطاقة في المنزل

تأخذ المضخة الحرارية الدفء من الهواء الخارجي حتى في الشتاء، وتعطي ثلاثة أضعاف ما تستهلكه من الكهرباء.

---
# قبل الشراء

اعزل السقف أولاً. البيت المعزول جيداً يحتاج إلى تدفئة أقل، وتنخفض الفاتورة إلى النصف تقريباً.`,
  },
  {
    id: 53, language: "ar", format: "markdown", folder: `${notes}/عربي`, name: "قهوة.md", title: "القهوة كما تصنعها جدتي", date: "2022-11-05", about: ["coffee", "cooking"],
    text: `# القهوة كما تصنعها جدتي

تحمص الحبوب على نار هادئة، ثم تطحن مع الهيل. تغلى ثلاث مرات ولا تحرك بعد ذلك.`,
  },
  {
    id: 54, language: "ar", format: "epub", folder: `${documents}/Books`, name: "كتاب البحر.epub", title: "كتاب البحر 2", date: "2016-05-16", about: ["sea", "poetry"], author: "س. المرزوقي",
    text: `# كتاب البحر

كان الملاحون يعرفون النجوم بأسمائها، ويقيسون ارتفاعها بالأصابع. والبحر عندهم طريق لا جدار.

في الليلة السابعة رأينا حوتاً أكبر من السفينة، فسكت الجميع.`,
  },
  {
    id: 55, language: "ar", format: "mail", folder: "/home/mira/Mail/2024", name: "موعد.eml", title: "موعد التطعيم", date: "2024-06-10", about: ["health"],
    text: `السيدة ميرا،

موعد التطعيم قبل السفر يوم الثلاثاء في الساعة العاشرة صباحاً. نرجو إحضار دفتر التطعيمات الأصفر.`,
  },
];

export const russian: Written[] = [
  {
    id: 56, language: "ru", format: "pdf", folder: `${documents}/House`, name: "Тепловой насос.pdf", title: "Тепловой насос для старого дома", date: "2024-01-08", about: ["heating"],
    text: `# Тепловой насос для старого дома

Сначала утеплите крышу и подвал. После этого хватит насоса вдвое меньшей мощности, и расходы на отопление упадут почти наполовину.

---
Радиаторы менять не обязательно: достаточно, чтобы вода в них была не теплее пятидесяти градусов.`,
  },
  {
    id: 57, language: "ru", format: "epub", folder: `${documents}/Books`, name: "Северное море.epub", title: "Северное море", date: "2015-10-30", about: ["sea", "travel"], author: "А. Мельников",
    text: `# Северное море

Кит шёл рядом с нами до вечера. Старый боцман снял шапку. Никто не спросил почему.`,
  },
  {
    id: 58, language: "ru", format: "docx", folder: `${documents}/Chess`, name: "Ладейные окончания.docx", title: "Ладейные окончания", date: "2020-02-29", about: ["chess"],
    text: `# Ладейные окончания

Ладья должна стоять позади проходной пешки. Активность важнее материала: лучше отдать пешку, чем защищаться пассивно.`,
  },
  {
    id: 59, language: "ru", format: "markdown", folder: `${notes}/Garden`, name: "Огурцы.md", title: "Огурцы на балконе", date: "2023-05-01", about: ["garden"],
    text: `# Огурцы на балконе

Сеять в конце апреля. Поливать тёплой водой, подкармливать раз в две недели. Первый урожай в июле.`,
  },
  {
    id: 60, language: "ru", format: "text", folder: notes, name: "хлеб.txt", title: null, date: "2022-10-17", about: ["bread"],
    text: `Ржаной хлеб

Закваску кормить вечером. Утром тесто должно подняться вдвое. Печь сорок минут с паром.`,
  },
];
