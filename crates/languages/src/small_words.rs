//! The small words and the letters that give a language away, for those that share a script.
//!
//! Trigrams need a paragraph; a heading or a caption has a few words, and one or two of them are
//! usually small. The lists also cover languages the trigrams do not know. A word many languages have
//! says little about each of them, and is weighed so.

use std::collections::HashMap;
use std::sync::OnceLock;

/// In small letters, as the words are.
pub const WORDS: &[(&str, &str)] = &[
    ("af", "die en van het nie is 'n wat vir met om te hy sy ek ons hulle word baie maar ook daar"),
    ("ar", "في من على إلى أن هذا هذه التي الذي عن مع كان كل لا ما هو هي قد بعد بين ذلك كما لم"),
    ("az", "və bu bir üçün ilə o da də ki olan sonra var daha onun biz çox kimi hər isə amma"),
    ("be", "і ў на не што з гэта як да але ён яна для па калі быў яго таксама мы ад пад гэты"),
    (
        "bg",
        "и на е за се от да не с са че по като до ще този това или при което беше тази много има",
    ),
    (
        "ca",
        "el la els les de del i que amb per un una és no en al als més són va aquest aquesta seva dels però",
    ),
    ("ckb", "لە و بە کە بۆ ئەم ئەو لەگەڵ هەر بوو دەکات نییە هەیە ئێمە یان دوای"),
    (
        "cs",
        "a v na se je že s z do o i to jsou pro který která jako ale za po by tak byl bylo jsem není při také aby nebo jeho",
    ),
    ("cy", "y yn yr a i o mae ar am gan wedi ei bod â hefyd oedd fel ond hyn sydd gyda wrth cael"),
    (
        "da",
        "og i at er en det til på af for med ikke der som den de et har vi du fra men kan eller blev efter hvor meget bliver også af",
    ),
    (
        "de",
        "der die das und ist in den von zu mit nicht sich auf für ein eine im dem des es als auch wird wir sie ich er war oder wenn nach bei aus aber hat sind einer eines einen wie über noch nur kein keine",
    ),
    (
        "en",
        "the of and to in is that it for was with as on be at by this are from or have an not we you he she they which but were has had their will would can there what when how your our no all do if its",
    ),
    (
        "eo",
        "la kaj de en estas al ne mi li ni por kun ke sed pri oni estis tiu ĉi tio pli sur vi ili el kiu kiel ĝi",
    ),
    (
        "es",
        "el la los las de del y que en un una es no se por con para su al lo como más pero sus este esta ha son fue muy también entre cuando sin sobre hay está nos donde",
    ),
    (
        "et",
        "ja on ei see et kui ning oma ka mis aga või seda kes siis oli ta nii selle mida veel väga meie kuid ma",
    ),
    (
        "eu",
        "eta da ez bat du dira ere izan zen dute hau bere baina oso gure dago egin duen ditu baino dugu nire",
    ),
    ("fa", "و در به از که این را با است برای آن یک خود تا کرد بر هم نیز شد می ما اگر شده بود ها"),
    (
        "fi",
        "ja on ei se että oli hän mutta kun ovat niin myös tai kuin jos sen ole mitä minä me olla sekä joka vain jo tämä tämän siitä hyvin",
    ),
    (
        "fr",
        "le la les de des du et un une est en que qui dans pour pas sur au aux avec il elle ce cette ne se sont par plus ou mais nous vous son ses leur être été cet où l d qu c n s ont",
    ),
    (
        "ga",
        "an na agus is ar i go a le ag sé sí bhí tá ní nach do ó seo sin mar den leis gur siad againn chuig",
    ),
    (
        "gl",
        "o a os as de do da dos das e que en un unha é non se por con para ao máis na no nas nos foi son pero tamén moi onde",
    ),
    (
        "ha",
        "da na ya a ta ba su wannan mai don cikin kuma shi ne ce an domin amma sun suka wani daga",
    ),
    (
        "he",
        "של את על לא זה הוא עם היא כי גם או אל אני כל יש אבל רק אם היה אנחנו מה זאת אין ב בין כמו היום",
    ),
    (
        "hi",
        "है के में की और को से का पर यह नहीं हैं एक ने भी हो कि था इस तो लिए अपने थी वह या ये जो गया हम बहुत",
    ),
    (
        "hr",
        "i je u na se da su za od s a koji koja kao o ne iz ili nije biti bio te što ali samo sam ova ovaj nakon više po bi uz",
    ),
    (
        "hu",
        "a az és hogy nem is egy van volt de meg ha csak el még ez azt mint vagy ki már minden lesz nagyon ezt amely után kell sem",
    ),
    (
        "id",
        "yang dan di ini itu dengan untuk dari pada tidak dalam ke akan adalah juga ada saya mereka sudah bisa oleh kami karena atau telah kita lebih",
    ),
    (
        "ms",
        "yang dan di ini itu dengan untuk dari pada tidak dalam ke akan adalah juga ada saya mereka boleh oleh kami kerana atau telah kita lebih ialah daripada bahawa",
    ),
    (
        "is",
        "og að í er á sem um við með til en ekki það var hann hún fyrir af eru því þá ég þetta frá eða verið þeir hefur voru",
    ),
    (
        "it",
        "il lo la i gli le di del della e che in un una è non per con si da sono al come ma più dei nel nella alla anche questo questa ha suo sua o ci era delle l ed dal",
    ),
    (
        "jv",
        "ing sing lan iki iku kang karo saka ora kanggo wong ana uga kanthi utawa dadi kuwi aku wis menyang",
    ),
    ("kk", "және бұл мен бір үшін осы деп бар емес еді болып бойынша ол біз кейін көп өте жоқ"),
    ("ky", "жана бул менен бир үчүн деп бар эмес болуп эле ал биз көп кийин ошол анын"),
    (
        "la",
        "et in est non ad ut cum sed qui quod ex quae esse a ab per nec si sunt de quam enim hoc",
    ),
    (
        "lt",
        "ir yra kad į su iš tai ne buvo bet kaip ar jis nuo po apie tik o jo už dar labai prie bus jau mes kuris šis",
    ),
    (
        "lv",
        "un ir ar no uz par ka bija kas tas nav bet lai arī vai kā pie viņš mēs ļoti pēc to šis tika savu es gan",
    ),
    (
        "mk",
        "и на во да се од за не со што е ќе го ги како по ова но многу беше или овој сме сум тоа при",
    ),
    ("mn", "нь бол энэ юм байна гэж ба нэг хүн байсан тэр бид монгол болон уу хийж дээр"),
    ("mr", "आहे आणि या आहेत नाही हे तो ती होते व ही त्या पण मी काय होता मध्ये केली साठी एक असे आम्ही खूप"),
    (
        "mt",
        "il li ta u ma fil għal minn dan hija hu kien mill din biex jew iżda aħna tal bil huwa l",
    ),
    ("ne", "छ र को मा हो पनि यो भने गर्ने छन् थियो लागि एक गरेको तर हामी यस धेरै त्यो"),
    (
        "nl",
        "de het een en van in is dat te op niet met voor zijn die er aan ook om als was door wordt naar bij uit maar hij ze wij we heeft nog dan of deze dit geen hebben worden kan",
    ),
    (
        "no",
        "og i er det på en som for av ikke til med at har de den et vi jeg fra han men kan eller ble etter hvor mye blir også var seg noe bare hun ikke nå",
    ),
    (
        "pl",
        "i w na z się nie do jest to że o jak po co za od ale przez dla tak są czy tym był było które który oraz tego jego może bardzo przy nas",
    ),
    ("ps", "د په او کې دا چې ته سره له یو څخه هم دی ده لپاره نه زموږ کړي شو وو"),
    (
        "pt",
        "o a os as de do da dos das e que em um uma é não se por com para ao mais na no nas nos foi são mas também muito pelo pela seu sua ou à está isso como quando",
    ),
    (
        "ro",
        "și în de la cu nu un o este pe că din care pentru mai se sunt a al ale fost sau după dar între acest această lui ei prin fi să au",
    ),
    (
        "ru",
        "и в не на что с как это по он но из за от для к у же мы я вы его так все бы был было она они или если при только ещё очень нет есть",
    ),
    ("sa", "च न एव तु हि इति अस्ति सः तस्य भवति यथा अपि तत् यत्"),
    ("sd", "جي ۾ ۽ جو کي آهي سان تي نه اهو هن به کان آهن لاءِ"),
    (
        "sk",
        "a v na sa je že s z do o to sú pre ktorý ktorá ako ale za po by tak bol bolo som nie pri tiež aby alebo jeho sme veľmi",
    ),
    (
        "sl",
        "in je v na se da so za ne s pa ki z ali kot tudi o po bi bil bila še ni to smo sem pri lahko kar do zelo",
    ),
    ("sn", "uye kuti ne mu pa nekuti asi iyi kana vanhu ndi wakanga kubva ndiyo zvino"),
    (
        "sq",
        "dhe të në e që një për me nuk është nga si ka më por do kjo ky janë ishte edhe se kur ai shumë",
    ),
    (
        "sr",
        "и је у на се да су за од с а који која као о не из или није што али само сам овај након више би уз ми",
    ),
    (
        "sv",
        "och i att det är en som på för med av inte den till ett har de vi jag om från men kan eller var efter så mycket blir också han hon vid ut när där sin",
    ),
    (
        "sw",
        "na ya wa kwa ni katika la za cha hii kama si yake lakini sana kuwa watu hiyo ambayo sisi huu leo baada",
    ),
    ("tg", "ва дар ба аз ки ин бо барои аст он ҳам мо як буд худ мешавад"),
    ("tk", "we bu bir üçin bilen hem ol de bolan diýip soň köp biz ýaly öz däl"),
    (
        "tl",
        "ang ng sa na mga ay at si ito ko niya kung para hindi may isang ni siya kami lang ngunit nang",
    ),
    (
        "tr",
        "ve bir bu için ile da de çok daha olan gibi ne olarak değil en var kadar sonra ama biz her o mi ben olduğu veya",
    ),
    ("tt", "һәм бу белән бер өчен дә да ул булган иде без дип кебек шул бик"),
    ("ug", "ۋە بۇ بىلەن بىر ئۈچۈن بولغان دەپ ئۇ بىز كېيىن بار ھەم ئەمەس"),
    (
        "uk",
        "і в не на що з та як це до але він вона для за у й є ми від про було якщо так або його був дуже ще при",
    ),
    ("ur", "کے میں کی ہے اور سے کا کو نے پر یہ ہیں نہیں ایک کہ بھی تھا جو ہو تو اس لیے ہم"),
    ("uz", "va bu bir uchun bilan ham u o deb bo lgan emas keyin biz ko p juda edi yoki lekin shu"),
    (
        "vi",
        "và của là có không được cho một trong những các với này người để đã khi ở tôi từ rất chúng về như nhưng ngày",
    ),
    ("yi", "און איז די דער אין צו פון מיט נישט עס האט אז דאס זיי מיר אויף א זענען"),
    ("zu", "ukuthi futhi kodwa uma ngoba kwi le yakhe lapho abantu ku ngo umuntu kakhulu thina"),
];

/// Letters that few languages of their script have.
pub const LETTERS: &[(&str, &str)] = &[
    ("ß", "de"),
    ("ñ", "es gl eu tl"),
    ("ãõ", "pt"),
    ("łąęńśźż", "pl"),
    ("řěů", "cs"),
    ("ľĺŕ", "sk"),
    ("őű", "hu"),
    ("șțşţ", "ro"),
    ("ăîâ", "ro"),
    ("ğış", "tr az"),
    ("ə", "az"),
    ("ðþ", "is"),
    ("ħġċ", "mt"),
    ("ėųįūšž", "lt"),
    ("ģķļņīā", "lv"),
    ("đć", "hr"),
    ("ĉĝŭĵŝĥ", "eo"),
    ("ŵŷ", "cy"),
    ("ơưạảấầậắằặẹẻếềểễệọỏốồổỗộớờởợụủứừửữựỳỵỷỹđ", "vi"),
    ("ëç", "sq"),
    ("äö", "sv fi de et"),
    ("å", "sv da no"),
    ("æø", "da no"),
    ("èêùçœ", "fr"),
    ("òì", "it"),
    ("ňžý", "tk"),
    ("õ", "et"),
    ("іїєґ", "uk"),
    ("ўі", "be"),
    ("ыэ", "ru be"),
    ("ъ", "bg ru"),
    ("ѓќѕ", "mk"),
    ("ђћ", "sr"),
    ("љњџј", "sr mk"),
    ("қғұәіңһ", "kk"),
    ("әҗһңөү", "tt"),
    ("ңөү", "ky"),
    ("өү", "mn"),
    ("ғӣқӯҳҷ", "tg"),
    ("ټډړښۍېځڅ", "ps"),
    ("ٹڈڑےںھہ", "ur"),
    ("ێۆڵڕە", "ckb"),
    ("ېۆۈۇەڭىھ", "ug"),
    ("ڄڃڳٻڏ۾۽", "sd"),
    ("پچژگکی", "fa"),
    ("ةىأإ", "ar"),
    ("ळ", "mr"),
];

/// What the small words and letters say of some text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    pub language: &'static str,
    /// How much speaks for it: about one for each word that no other language has.
    pub evidence: f32,
    /// From 0 to 1: how far the next language is behind.
    pub lead: f32,
    /// The part of the words that were known in it, from 0 to 1.
    pub share: f32,
}

struct Lists {
    words: HashMap<&'static str, Vec<usize>>,
    letters: HashMap<char, Vec<usize>>,
}

fn lists() -> &'static Lists {
    static LISTS: OnceLock<Lists> = OnceLock::new();
    LISTS.get_or_init(|| {
        let mut lists = Lists { words: HashMap::new(), letters: HashMap::new() };
        for (number, (_, words)) in WORDS.iter().enumerate() {
            for word in words.split(' ') {
                lists.words.entry(word).or_default().push(number);
            }
        }
        for (letters, languages) in LETTERS {
            let numbers = languages.split(' ').filter_map(number_of);
            let numbers: Vec<usize> = numbers.collect();
            for letter in letters.chars() {
                lists.letters.entry(letter).or_default().extend(&numbers);
            }
        }
        lists
    })
}

fn number_of(language: &str) -> Option<usize> {
    WORDS.iter().position(|(tag, _)| *tag == language)
}

/// Whether the lists know a language, so that they could have said it.
pub fn knows(language: &str) -> bool {
    number_of(language).is_some()
}

/// What speaks for one language.
#[derive(Clone, Copy, Debug, Default)]
pub struct Score {
    pub evidence: f32,
    words: u32,
}

/// A score for each language of [`WORDS`], in its order, and how many words there were. `text` has
/// letters in small and single spaces only.
pub fn scores(text: &str) -> (Vec<Score>, usize) {
    /// A letter is weaker than a word: names of other languages have it too.
    const LETTER: f32 = 0.35;
    let mut scores = vec![Score::default(); WORDS.len()];
    let mut count = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        count += 1;
        let known = lists().words.get(word).map(Vec::as_slice).unwrap_or_default();
        for &number in known {
            scores[number].evidence += 1.0 / known.len() as f32;
            scores[number].words += 1;
        }
        for letter in word.chars().filter(|letter| !letter.is_ascii()) {
            let known = lists().letters.get(&letter).map(Vec::as_slice).unwrap_or_default();
            for &number in known {
                scores[number].evidence += LETTER / known.len() as f32;
            }
        }
    }
    (scores, count)
}

/// The language that most speaks for. `text` is as for [`scores`].
pub fn verdict(text: &str) -> Option<Verdict> {
    let (scores, count) = scores(text);
    let evidence = |number: usize| scores[number].evidence;
    let best = (0..scores.len()).max_by(|&a, &b| evidence(a).total_cmp(&evidence(b)))?;
    let others = (0..scores.len()).filter(|number| *number != best);
    let second = others.map(evidence).fold(0.0, f32::max);
    (evidence(best) > 0.0).then(|| Verdict {
        language: WORDS[best].0,
        evidence: evidence(best),
        lead: 1.0 - second / evidence(best),
        share: scores[best].words as f32 / count.max(1) as f32,
    })
}
