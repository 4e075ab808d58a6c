//! How often the language of short and of longer text is told, in many languages.

use kenning_domain::Tag;

use crate::language;

/// A tag, a caption of a few words, and a few sentences.
const TEXTS: &[(&str, &str, &str)] = &[
    (
        "en",
        "The harbour is closed today",
        "The harbour is closed today because of the storm. All ferries will leave tomorrow morning, and tickets can be changed for free at the office by the pier.",
    ),
    (
        "de",
        "Der Hafen ist heute geschlossen",
        "Der Hafen ist heute wegen des Sturms geschlossen. Alle Fähren fahren morgen früh ab, und die Karten können im Büro am Pier kostenlos umgetauscht werden.",
    ),
    (
        "fr",
        "Le port est fermé aujourd'hui",
        "Le port est fermé aujourd'hui à cause de la tempête. Tous les bateaux partiront demain matin et les billets peuvent être échangés gratuitement au bureau du quai.",
    ),
    (
        "es",
        "El puerto está cerrado hoy",
        "El puerto está cerrado hoy por la tormenta. Todos los barcos saldrán mañana por la mañana y los billetes se pueden cambiar gratis en la oficina del muelle.",
    ),
    (
        "pt",
        "O porto está fechado hoje",
        "O porto está fechado hoje por causa da tempestade. Todos os barcos vão partir amanhã de manhã e os bilhetes podem ser trocados sem custo no escritório do cais.",
    ),
    (
        "it",
        "Il porto oggi è chiuso per la tempesta",
        "Il porto oggi è chiuso a causa della tempesta. Tutti i traghetti partiranno domani mattina e i biglietti si possono cambiare gratis nell'ufficio del molo.",
    ),
    (
        "nl",
        "De haven is vandaag gesloten",
        "De haven is vandaag gesloten vanwege de storm. Alle veerboten vertrekken morgenochtend en de kaartjes kunnen gratis worden geruild in het kantoor bij de pier.",
    ),
    (
        "sv",
        "Hamnen är stängd i dag",
        "Hamnen är stängd i dag på grund av stormen. Alla färjor går i morgon bitti och biljetterna kan bytas gratis på kontoret vid piren.",
    ),
    (
        "da",
        "Havnen er lukket i dag, og jeg bliver hjemme",
        "Havnen er lukket i dag på grund af stormen. Alle færger sejler i morgen tidlig, og billetterne kan byttes gratis på kontoret ved molen, hvis man også har kvitteringen.",
    ),
    (
        "no",
        "Havna er stengt i dag, og jeg blir hjemme",
        "Havna er stengt i dag på grunn av stormen. Alle ferjene går i morgen tidlig, og billettene kan byttes gratis på kontoret ved bryggen hvis du også har kvitteringen.",
    ),
    (
        "fi",
        "Satama on tänään suljettu",
        "Satama on tänään suljettu myrskyn vuoksi. Kaikki lautat lähtevät huomenna aamulla, ja liput voi vaihtaa ilmaiseksi laiturin toimistossa.",
    ),
    (
        "is",
        "Höfnin er lokuð í dag og það rignir",
        "Höfnin er lokuð í dag vegna stormsins. Allar ferjur fara á morgun og hægt er að skipta miðum ókeypis á skrifstofunni við bryggjuna þegar það er opið.",
    ),
    (
        "et",
        "Sadam on täna suletud",
        "Sadam on täna tormi tõttu suletud. Kõik praamid väljuvad homme hommikul ja pileteid saab tasuta vahetada kai ääres asuvas kontoris.",
    ),
    (
        "lv",
        "Osta šodien ir slēgta vētras dēļ",
        "Osta šodien ir slēgta vētras dēļ. Visi prāmji izbrauks rīt no rīta, un biļetes var bez maksas apmainīt birojā pie piestātnes.",
    ),
    (
        "lt",
        "Uostas šiandien yra uždarytas",
        "Uostas šiandien yra uždarytas dėl audros. Visi keltai išplauks rytoj ryte, o bilietus galima nemokamai pakeisti biure prie krantinės.",
    ),
    (
        "pl",
        "Port jest dziś zamknięty z powodu burzy",
        "Port jest dziś zamknięty z powodu burzy. Wszystkie promy odpłyną jutro rano, a bilety można wymienić za darmo w biurze przy nabrzeżu.",
    ),
    (
        "cs",
        "Přístav je dnes kvůli bouři zavřený",
        "Přístav je dnes kvůli bouři zavřený. Všechny trajekty odplují zítra ráno a jízdenky lze zdarma vyměnit v kanceláři u mola.",
    ),
    (
        "sk",
        "Prístav je dnes pre búrku zatvorený",
        "Prístav je dnes pre búrku zatvorený. Všetky trajekty odplávajú zajtra ráno a lístky sa dajú bezplatne vymeniť v kancelárii pri móle, ktorá je otvorená.",
    ),
    (
        "hu",
        "A kikötő ma zárva van a vihar miatt",
        "A kikötő ma zárva van a vihar miatt. Minden komp holnap reggel indul, és a jegyeket ingyen ki lehet cserélni a móló melletti irodában.",
    ),
    (
        "ro",
        "Portul este închis astăzi din cauza furtunii",
        "Portul este închis astăzi din cauza furtunii. Toate feriboturile vor pleca mâine dimineață, iar biletele pot fi schimbate gratuit la biroul de pe chei.",
    ),
    (
        "hr",
        "Luka je danas zatvorena zbog oluje",
        "Luka je danas zatvorena zbog oluje. Svi trajekti kreću sutra ujutro, a karte se mogu besplatno zamijeniti u uredu na molu ako nije kasno.",
    ),
    (
        "sl",
        "Pristanišče je danes zaprto zaradi nevihte",
        "Pristanišče je danes zaprto zaradi nevihte. Vsi trajekti bodo odpluli jutri zjutraj, vozovnice pa lahko brezplačno zamenjate v pisarni ob pomolu.",
    ),
    (
        "sq",
        "Porti është i mbyllur sot për shkak të stuhisë",
        "Porti është i mbyllur sot për shkak të stuhisë. Të gjitha tragetet nisen nesër në mëngjes dhe biletat mund të ndërrohen falas në zyrën te moli.",
    ),
    (
        "tr",
        "Liman bugün fırtına için kapalı",
        "Liman bugün fırtına yüzünden kapalı. Bütün vapurlar yarın sabah kalkacak ve biletler iskeledeki ofiste ücretsiz olarak değiştirilebilir.",
    ),
    (
        "az",
        "Liman bu gün tufana görə bağlıdır",
        "Liman bu gün tufana görə bağlıdır. Bütün bərələr sabah səhər yola düşəcək və biletləri körpünün yanındakı ofisdə pulsuz dəyişmək olar.",
    ),
    (
        "ca",
        "El port és tancat avui per la tempesta amb vent",
        "El port és tancat avui per la tempesta. Tots els vaixells sortiran demà al matí i els bitllets es poden canviar de franc a l'oficina del moll amb aquest paper.",
    ),
    (
        "eu",
        "Portua itxita dago gaur ekaitza dela eta",
        "Portua itxita dago gaur ekaitzaren ondorioz. Ontzi guztiak bihar goizean aterako dira eta txartelak doan alda daitezke kaiko bulegoan, baina egin behar da gaur.",
    ),
    (
        "ga",
        "Tá an calafort dúnta inniu",
        "Tá an calafort dúnta inniu mar gheall ar an stoirm. Beidh na báid ag imeacht maidin amárach agus is féidir na ticéid a mhalartú saor in aisce san oifig.",
    ),
    (
        "cy",
        "Mae'r porthladd ar gau heddiw",
        "Mae'r porthladd ar gau heddiw oherwydd y storm. Bydd pob fferi yn gadael bore yfory ac mae modd newid tocynnau am ddim yn y swyddfa wrth y pier.",
    ),
    (
        "vi",
        "Hôm nay bến cảng đóng cửa vì bão",
        "Hôm nay bến cảng đóng cửa vì bão. Tất cả các chuyến phà sẽ khởi hành vào sáng mai và vé có thể được đổi miễn phí tại văn phòng cạnh cầu tàu.",
    ),
    (
        "id",
        "Pelabuhan ini ditutup hari ini karena badai",
        "Pelabuhan ditutup hari ini karena badai. Semua kapal akan berangkat besok pagi dan tiket dapat ditukar tanpa biaya di kantor yang ada di dermaga.",
    ),
    (
        "tl",
        "Sarado ang daungan ngayon dahil sa bagyo",
        "Sarado ang daungan ngayon dahil sa bagyo. Aalis ang lahat ng mga barko bukas ng umaga at maaaring palitan nang libre ang mga tiket sa opisina.",
    ),
    (
        "sw",
        "Bandari imefungwa leo kwa sababu ya dhoruba",
        "Bandari imefungwa leo kwa sababu ya dhoruba. Meli zote zitaondoka kesho asubuhi na tiketi zinaweza kubadilishwa bila malipo katika ofisi ya gati.",
    ),
    (
        "eo",
        "La haveno estas fermita hodiaŭ",
        "La haveno estas fermita hodiaŭ pro la ŝtormo. Ĉiuj pramoj foriros morgaŭ matene, kaj oni povas senpage ŝanĝi la biletojn en la oficejo ĉe la kajo.",
    ),
    (
        "af",
        "Die hawe is vandag gesluit weens die storm",
        "Die hawe is vandag gesluit weens die storm. Al die veerbote vertrek môreoggend en kaartjies kan gratis omgeruil word by die kantoor langs die pier, maar nie later nie.",
    ),
    (
        "mt",
        "Il-port huwa magħluq illum minħabba l-maltemp",
        "Il-port huwa magħluq illum minħabba l-maltemp. Il-vapuri kollha jitilqu għada filgħodu u l-biljetti jistgħu jinbidlu b'xejn fl-uffiċċju.",
    ),
    (
        "ru",
        "Порт сегодня закрыт из-за шторма",
        "Порт сегодня закрыт из-за шторма. Все паромы отправятся завтра утром, и билеты можно бесплатно обменять в кассе у причала.",
    ),
    (
        "uk",
        "Порт сьогодні зачинений через шторм",
        "Порт сьогодні зачинений через шторм. Усі пороми вирушать завтра вранці, і квитки можна безкоштовно обміняти в касі біля причалу.",
    ),
    (
        "be",
        "Порт сёння зачынены праз шторм",
        "Порт сёння зачынены праз шторм. Усе паромы адправяцца заўтра раніцай, і білеты можна бясплатна абмяняць у касе каля прычала.",
    ),
    (
        "bg",
        "Пристанището днес е затворено заради бурята",
        "Пристанището днес е затворено заради бурята. Всички фериботи ще тръгнат утре сутринта, а билетите могат да се сменят безплатно в офиса на кея.",
    ),
    (
        "sr",
        "Лука је данас затворена због олује",
        "Лука је данас затворена због олује. Сви трајекти крећу сутра ујутру, а карте се могу бесплатно заменити у канцеларији на молу.",
    ),
    (
        "mk",
        "Пристаништето е денес затворено поради бурата",
        "Пристаништето е денес затворено поради бурата. Сите траекти ќе тргнат утре наутро, а билетите можат бесплатно да се заменат во канцеларијата.",
    ),
    (
        "kk",
        "Порт бүгін дауылға байланысты жабық",
        "Порт бүгін дауылға байланысты жабық. Барлық паромдар ертең таңертең жүреді және билеттерді айлақтағы кеңседе тегін ауыстыруға болады.",
    ),
    (
        "mn",
        "Боомт өнөөдөр шуурганы улмаас хаалттай байна",
        "Боомт өнөөдөр шуурганы улмаас хаалттай байна. Бүх усан онгоц маргааш өглөө хөдлөх бөгөөд тасалбарыг оффис дээр үнэгүй солиулж болно.",
    ),
    (
        "ar",
        "الميناء مغلق اليوم بسبب العاصفة",
        "الميناء مغلق اليوم بسبب العاصفة. ستغادر جميع العبارات صباح الغد، ويمكن تبديل التذاكر مجانا في المكتب القريب من الرصيف.",
    ),
    (
        "fa",
        "بندر امروز به خاطر توفان بسته است",
        "بندر امروز به خاطر توفان بسته است. همه‌ی کشتی‌ها فردا صبح حرکت می‌کنند و بلیت‌ها را می‌توان در دفتر کنار اسکله رایگان عوض کرد.",
    ),
    (
        "ur",
        "بندرگاہ آج طوفان کی وجہ سے بند ہے",
        "بندرگاہ آج طوفان کی وجہ سے بند ہے۔ تمام کشتیاں کل صبح روانہ ہوں گی اور ٹکٹ گھاٹ کے دفتر میں مفت تبدیل کیے جا سکتے ہیں۔",
    ),
    (
        "ps",
        "بندر نن د توپان له امله تړلی دی",
        "بندر نن د توپان له امله تړلی دی. ټولې بېړۍ به سبا سهار روانې شي او ټکټونه په دفتر کې وړیا بدلېدای شي.",
    ),
    (
        "he",
        "הנמל סגור היום בגלל הסערה",
        "הנמל סגור היום בגלל הסערה. כל המעבורות יפליגו מחר בבוקר, ואפשר להחליף כרטיסים בחינם במשרד שליד הרציף.",
    ),
    (
        "yi",
        "דער פּאָרט איז הײַנט פֿאַרמאַכט",
        "דער פּאָרט איז הײַנט פֿאַרמאַכט צוליב דעם שטורעם. אַלע שיפֿן פֿאָרן אַוועק מאָרגן אין דער פֿרי, און מען קען בײַטן די בילעטן אומזיסט.",
    ),
    (
        "hi",
        "बंदरगाह आज तूफ़ान की वजह से बंद है",
        "बंदरगाह आज तूफ़ान की वजह से बंद है। सभी नावें कल सुबह चलेंगी और टिकट घाट के दफ़्तर में मुफ़्त बदले जा सकते हैं।",
    ),
    (
        "mr",
        "वादळामुळे बंदर आज बंद आहे",
        "वादळामुळे बंदर आज बंद आहे. सर्व बोटी उद्या सकाळी निघतील आणि तिकिटे धक्क्यावरील कार्यालयात मोफत बदलता येतील.",
    ),
    (
        "ne",
        "आँधीका कारण बन्दरगाह आज बन्द छ",
        "आँधीका कारण बन्दरगाह आज बन्द छ। सबै डुङ्गाहरू भोलि बिहान छुट्नेछन् र टिकटहरू कार्यालयमा सित्तैमा साट्न सकिन्छ।",
    ),
    (
        "bn",
        "ঝড়ের কারণে বন্দর আজ বন্ধ",
        "ঝড়ের কারণে বন্দর আজ বন্ধ। সব ফেরি কাল সকালে ছাড়বে এবং টিকিট বিনামূল্যে বদলানো যাবে।",
    ),
    ("pa", "ਬੰਦਰਗਾਹ ਅੱਜ ਬੰਦ ਹੈ", "ਬੰਦਰਗਾਹ ਅੱਜ ਤੂਫ਼ਾਨ ਕਰਕੇ ਬੰਦ ਹੈ। ਸਾਰੀਆਂ ਕਿਸ਼ਤੀਆਂ ਕੱਲ੍ਹ ਸਵੇਰੇ ਚੱਲਣਗੀਆਂ।"),
    ("gu", "બંદર આજે બંધ છે", "વાવાઝોડાને કારણે બંદર આજે બંધ છે. બધી હોડીઓ કાલે સવારે ઊપડશે."),
    (
        "ta",
        "துறைமுகம் இன்று மூடப்பட்டுள்ளது",
        "புயல் காரணமாக துறைமுகம் இன்று மூடப்பட்டுள்ளது. எல்லா படகுகளும் நாளை காலை புறப்படும்.",
    ),
    ("te", "ఓడరేవు ఈ రోజు మూసి ఉంది", "తుఫాను వల్ల ఓడరేవు ఈ రోజు మూసి ఉంది. అన్ని పడవలు రేపు ఉదయం బయలుదేరతాయి."),
    ("kn", "ಬಂದರು ಇಂದು ಮುಚ್ಚಿದೆ", "ಬಿರುಗಾಳಿಯಿಂದ ಬಂದರು ಇಂದು ಮುಚ್ಚಿದೆ. ಎಲ್ಲಾ ದೋಣಿಗಳು ನಾಳೆ ಬೆಳಿಗ್ಗೆ ಹೊರಡುತ್ತವೆ."),
    (
        "ml",
        "തുറമുഖം ഇന്ന് അടച്ചിരിക്കുന്നു",
        "കൊടുങ്കാറ്റ് കാരണം തുറമുഖം ഇന്ന് അടച്ചിരിക്കുന്നു. ബോട്ടുകൾ നാളെ രാവിലെ പുറപ്പെടും.",
    ),
    ("si", "වරාය අද වසා ඇත", "කුණාටුව නිසා වරාය අද වසා ඇත. සියලුම බෝට්ටු හෙට උදේ පිටත් වේ."),
    ("th", "ท่าเรือปิดวันนี้", "วันนี้ท่าเรือปิดเพราะพายุ เรือทุกลำจะออกพรุ่งนี้เช้า และสามารถเปลี่ยนตั๋วได้ฟรีที่สำนักงาน"),
    ("lo", "ທ່າເຮືອປິດມື້ນີ້", "ມື້ນີ້ທ່າເຮືອປິດຍ້ອນລົມພາຍຸ. ເຮືອທຸກລຳຈະອອກມື້ອື່ນເຊົ້າ."),
    ("km", "កំពង់ផែបិទថ្ងៃនេះ", "ថ្ងៃនេះកំពង់ផែបិទដោយសារព្យុះ។ សាឡាងទាំងអស់នឹងចេញដំណើរនៅព្រឹកស្អែក។"),
    ("my", "ဆိပ်ကမ်း ယနေ့ ပိတ်သည်", "မုန်တိုင်းကြောင့် ဆိပ်ကမ်း ယနေ့ ပိတ်သည်။ သင်္ဘောအားလုံး မနက်ဖြန် ထွက်မည်။"),
    (
        "ka",
        "ნავსადგური დღეს დაკეტილია",
        "ნავსადგური დღეს ქარიშხლის გამო დაკეტილია. ყველა ბორანი ხვალ დილით გავა.",
    ),
    (
        "hy",
        "Նավահանգիստն այսօր փակ է",
        "Նավահանգիստն այսօր փակ է փոթորկի պատճառով։ Բոլոր նավերը կմեկնեն վաղը առավոտյան։",
    ),
    (
        "el",
        "Το λιμάνι είναι κλειστό σήμερα",
        "Το λιμάνι είναι κλειστό σήμερα λόγω της καταιγίδας. Όλα τα πλοία θα φύγουν αύριο το πρωί.",
    ),
    ("am", "ወደቡ ዛሬ ተዘግቷል", "ወደቡ ዛሬ በአውሎ ነፋስ ምክንያት ተዘግቷል። ጀልባዎች ሁሉ ነገ ጠዋት ይነሳሉ።"),
    (
        "zh",
        "港口今天关闭",
        "因为风暴，港口今天关闭。所有渡轮明天早上出发，船票可以在码头的办公室免费更换。",
    ),
    (
        "ja",
        "港は今日閉まっています",
        "嵐のため、港は今日閉まっています。フェリーはすべて明日の朝に出ます。切符は桟橋の事務所で無料で交換できます。",
    ),
    (
        "ko",
        "항구는 오늘 닫혀 있습니다",
        "폭풍 때문에 항구는 오늘 닫혀 있습니다. 모든 배는 내일 아침에 떠나며 표는 사무실에서 무료로 바꿀 수 있습니다.",
    ),
];

fn told(text: &str, declared: Option<&str>) -> Option<String> {
    language(text, declared.and_then(Tag::new)).map(|language| language.tag.to_string())
}

/// How many are right, wrong and left open, and which are not right.
fn score(texts: impl Iterator<Item = (&'static str, &'static str)>) -> (usize, usize, Vec<String>) {
    let (mut right, mut wrong, mut misses) = (0, 0, Vec::new());
    for (tag, text) in texts {
        let found = told(text, None);
        match found.as_deref() {
            Some(found) if found == tag => right += 1,
            Some(_) => wrong += 1,
            None => {}
        }
        if found.as_deref() != Some(tag) {
            misses.push(format!("{tag}: {:?}", language(text, None)));
        }
    }
    (right, wrong, misses)
}

#[test]
fn most_languages_are_told_and_few_are_mistaken() {
    let short = score(TEXTS.iter().map(|(tag, short, _)| (*tag, *short)));
    let long = score(TEXTS.iter().map(|(tag, _, long)| (*tag, *long)));
    println!("of {}: short {short:#?}, long {long:#?}", TEXTS.len());
    assert!(short.0 * 100 >= 85 * TEXTS.len() && short.1 * 100 <= 5 * TEXTS.len(), "{short:?}");
    assert!(long.0 * 100 >= 97 * TEXTS.len() && long.1 * 100 <= 2 * TEXTS.len(), "{long:?}");
}

#[test]
fn a_declared_language_helps_where_it_can_be_true() {
    let english = TEXTS[0].2;
    let icelandic = "Höfnin lokuð vegna veðurs";
    let table: &[(&str, Option<&str>, Option<&str>)] = &[
        ("", Some("de"), None),
        ("12:30 – 14:00", Some("de"), None),
        ("Kartell Monat", Some("de-AT"), Some("de")),
        // What a program wrote into every file of its user is not believed against the text.
        (TEXTS[1].2, Some("en-US"), Some("de")),
        (english, Some("is"), Some("en")),
        (TEXTS[36].2, Some("en"), Some("ru")),
        (icelandic, Some("is"), Some("is")),
        ("東京都庁", Some("ja"), Some("ja")),
        ("東京都庁", None, Some("zh")),
        ("東京都庁へ行く", None, Some("ja")),
        ("α = 0,5", None, None),
        ("x = f(y)", None, None),
        ("ትግርኛ ቋንቋ እዩ", Some("ti"), Some("ti")),
        ("Ou se mon", Some("haw"), Some("haw")),
    ];
    for (text, declared, expected) in table {
        assert_eq!(told(text, *declared).as_deref(), *expected, "{text} declared {declared:?}");
    }
}
