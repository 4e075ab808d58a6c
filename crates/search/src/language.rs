//! Which languages a query may be in.
//!
//! A query has a few words, and many words are of several languages. So this names no language but
//! weighs those that it may be: by its script, its small words, its letters, trigrams where there is
//! enough of it, and by what languages the library and the user have.

use kenning_domain::Tag;
use kenning_languages::{Evidence, Script, evidence, only_language, same_as, writes};

/// Less than this is not worth a blend.
const LEAST_WEIGHT: f32 = 0.06;
const MOST_CANDIDATES: usize = 4;

/// What a language has before anything speaks for it, in logarithms of the odds each: a language
/// that neither library nor user has needs a small word and a half to draw level.
const STRANGER: f32 = 0.02;
/// How much a small word that only one language has speaks for it.
const PER_WORD: f32 = 2.8;

/// The languages a query may be in, the likeliest first, with weights that add up to one. `library`
/// has each language's share of the passages. Empty where nothing at all is known.
pub fn candidates(text: &str, library: &[(Tag, f32)], user: &[Tag]) -> Vec<(Tag, f32)> {
    let evidence = evidence(text);
    let Some(script) = evidence.script else { return weighed(priors(library, user)) };
    let told = match script {
        Script::Han => han(text, priors(library, user)),
        _ => match only_language(script).and_then(Tag::new) {
            Some(only) => single(script, only, &priors(library, user)),
            None => shared(text, script, &evidence, &priors(library, user)),
        },
    };
    weighed(told)
}

/// What library and user make likely before the query is read. The sum is at most one.
fn priors(library: &[(Tag, f32)], user: &[Tag]) -> Vec<(Tag, f32)> {
    let mut priors: Vec<(Tag, f32)> = Vec::new();
    let mut add = |tag: Tag, weight: f32| {
        let tag = same_as(tag);
        match priors.iter_mut().find(|(known, _)| *known == tag) {
            Some((_, sum)) => *sum += weight,
            None => priors.push((tag, weight)),
        }
    };
    let all: f32 = library.iter().map(|(_, share)| share.max(0.0)).sum();
    for (tag, share) in library.iter().filter(|(_, share)| *share > 0.0) {
        // Someone with a tenth of the library in a language asks in it more often than that.
        add(*tag, 0.6 * (share / all).sqrt());
    }
    for tag in user {
        add(*tag, 0.3 / user.len() as f32);
    }
    priors
}

/// A script that one language has nearly to itself. Others write in it where the library says so:
/// Assamese, Tigrinya.
fn single(script: Script, only: Tag, priors: &[(Tag, f32)]) -> Vec<(Tag, f32)> {
    let others = priors.iter().filter(|(tag, _)| *tag != only && writes(tag.as_str(), script));
    let mut told: Vec<(Tag, f32)> = others.map(|(tag, prior)| (*tag, prior * 0.5)).collect();
    let own = priors.iter().find(|(tag, _)| *tag == only).map_or(0.0, |(_, prior)| *prior);
    told.push((only, 0.2 + own));
    told
}

/// Characters of Japanese alone, as simplified there or made there.
const JAPANESE: &str = "込畑峠働枠匂栃円図駅県気鉄売読価変労営圧仮伝価処剣効勧単厳収巣帰広庁廃徳応恵悪戦拝拠拡払挙捜掲揺検権歓歩歯歴毎沢浄渇済渋獣産発砕稲穂絵継続総縄経緑縁臓蔵薬覚観訳豊転辺郷釈鉱鋭関陥険隠雑霊頼顔顕髪鶏黒黙";
/// Characters as mainland China simplified them, and others Japanese does not have.
const CHINESE: &str = "这们吗么呢你她哪怎谁给让还对时问间门见说话请谢现电脑车东马鸟鱼龙书买卖开关业严丧个丰临为举义乐习乡亚产亲亿仅从仓价众优伤伟传伦债儿兰兴养兽冈军农决况净凉减凤凭凯击刘则刚创别刹剂剑剧劝办务动劲势华协单卫却厂厅历压厌县发变叶叹听启员响园围图团圆圣场坏块坚";

/// Bare Han characters are Chinese or Japanese.
fn han(text: &str, priors: Vec<(Tag, f32)>) -> Vec<(Tag, f32)> {
    let count = |of: &str| text.chars().filter(|mark| of.contains(*mark)).count() as f32;
    // Some are in both lists, where both countries wrote the same shorter form.
    let lean = count(CHINESE) - count(JAPANESE);
    let tilt = |tag: &str| match tag {
        "ja" => (-2.0 * lean).exp().min(1.0),
        _ => (2.0 * lean).exp().min(1.0),
    };
    let mut told: Vec<(Tag, f32)> = Vec::new();
    for (name, base) in [("zh", 0.12), ("ja", 0.05)] {
        let Some(tag) = Tag::new(name) else { continue };
        let prior = priors.iter().find(|(known, _)| *known == tag).map_or(0.0, |(_, prior)| *prior);
        told.push((tag, (base + prior) * tilt(name)));
    }
    told
}

/// A script that many languages share.
fn shared(
    text: &str,
    script: Script,
    evidence: &Evidence,
    priors: &[(Tag, f32)],
) -> Vec<(Tag, f32)> {
    let mut strengths: Vec<(Tag, f32)> = Vec::new();
    let mut add = |tag: Tag, strength: f32| {
        let tag = same_as(tag);
        match strengths.iter_mut().find(|(known, _)| *known == tag) {
            Some((_, sum)) => *sum += strength,
            None => strengths.push((tag, strength)),
        }
    };
    priors.iter().for_each(|(tag, _)| add(*tag, 0.0));
    evidence.words.iter().for_each(|(tag, strength)| add(*tag, PER_WORD * strength));
    question_words(text, &mut |tag, strength| add(tag, PER_WORD * strength));
    if let Some((tag, confidence)) = evidence.trigrams {
        add(tag, confidence * trust(evidence.letters));
    }
    let written = strengths.into_iter().filter(|(tag, _)| writes(tag.as_str(), script));
    let told = written.map(|(tag, strength)| {
        let prior = priors.iter().find(|(known, _)| *known == tag).map_or(0.0, |(_, prior)| *prior);
        (tag, strength, (STRANGER + prior).ln() + strength)
    });
    let told: Vec<(Tag, f32, f32)> = told.collect();
    let most = told.iter().map(|(.., score)| *score).fold(f32::MIN, f32::max);
    // Where nothing speaks for a language and nobody has it, it is no candidate.
    let known = |tag: Tag| priors.iter().any(|(one, _)| *one == tag);
    let open = told.iter().filter(|(tag, strength, _)| *strength > 0.3 || known(*tag));
    open.map(|(tag, _, score)| (*tag, (score - most).exp())).collect()
}

/// How far trigrams are to be trusted: little in a few words, whatever they say of themselves.
fn trust(letters: usize) -> f32 {
    (letters.saturating_sub(6) as f32 / 8.0).clamp(0.0, 4.0)
}

/// Words that open questions and commands, which texts have less often than queries do.
const QUESTION_WORDS: &[(&str, &str)] = &[
    ("af", "hoe wat waar hoekom wanneer watter wie"),
    ("bg", "как какво къде защо кога кой коя колко"),
    ("ca", "com què on per quan qui quin quina quant"),
    ("cs", "jak co kde proč kdy kdo který kolik"),
    ("da", "hvordan hvad hvor hvorfor hvornår hvem hvilken"),
    ("de", "wie was wo warum wann wer welche welcher wieviel woher gegen ohne"),
    ("en", "how what where why when who which much many does without my"),
    ("es", "cómo qué dónde cuándo quién cuál cuánto como que donde cuando quien cual por mi"),
    ("et", "kuidas mis kus miks millal kes milline palju"),
    ("fa", "چگونه چه کجا چرا کی چند چطور"),
    ("fi", "miten mikä missä miksi milloin kuka kuinka mitkä"),
    ("fr", "comment quoi où pourquoi quand qui quel quelle combien sans mon ma"),
    ("hr", "kako što gdje zašto kada tko koji koliko"),
    ("hu", "hogyan mi hol miért mikor ki melyik mennyi"),
    ("id", "bagaimana apa dimana mengapa kapan siapa cara berapa"),
    ("it", "come cosa dove perché quando chi quale quanto senza mio mia"),
    ("lt", "kaip kas kur kodėl kada kuris kiek"),
    ("lv", "kā kas kur kāpēc kad kurš cik"),
    ("nl", "hoe wat waar waarom wanneer wie welke hoeveel zonder mijn"),
    ("no", "hvordan hva hvor hvorfor når hvem hvilken"),
    ("pl", "jak co gdzie dlaczego kiedy kto który ile bez"),
    ("pt", "como que onde quando quem qual quanto porque sem meu minha"),
    ("ro", "cum ce unde când cine care cât fără"),
    ("ru", "как что где почему когда кто какой сколько без"),
    ("sk", "ako čo kde prečo kedy kto ktorý koľko"),
    ("sl", "kako kaj kje zakaj kdaj kdo kateri koliko"),
    ("sr", "како шта где зашто када ко који колико"),
    ("sv", "hur vad var varför när vem vilken utan"),
    ("sw", "jinsi nini wapi kwanini lini nani gani"),
    ("tl", "paano ano saan bakit kailan sino alin"),
    ("tr", "nasıl ne nerede neden zaman kim hangi kaç"),
    ("uk", "як що де чому коли хто який скільки без"),
    ("ur", "کیسے کیا کہاں کیوں کب کون کتنا"),
    ("ar", "كيف ماذا أين لماذا متى من هل كم ما"),
    ("he", "איך מה איפה למה מתי מי כמה האם"),
    ("hi", "कैसे क्या कहाँ क्यों कब कौन कितना"),
    ("mr", "कसे काय कुठे का कधी कोण किती"),
    ("ne", "कसरी के कहाँ किन कहिले को कति"),
    ("vi", "cách gì sao khi nào ai thế đâu"),
];

/// Tells each language's share in the question words of a text.
fn question_words(text: &str, tell: &mut dyn FnMut(Tag, f32)) {
    let text = text.to_lowercase();
    // Indic vowels are no letters to `char`, so a word is not what stands between other characters.
    let marks = |mark: char| mark.is_ascii_punctuation() || "¿؟？¡、，。".contains(mark);
    for word in text.split(|mark: char| mark.is_whitespace() || marks(mark)) {
        let knows = |(_, words): &&(&str, &str)| words.split(' ').any(|known| known == word);
        let known: Vec<Tag> =
            QUESTION_WORDS.iter().filter(knows).filter_map(|(tag, _)| Tag::new(tag)).collect();
        known.iter().for_each(|tag| tell(*tag, 1.0 / known.len() as f32));
    }
}

/// The likeliest first, what is unlikely left out, the sum made one.
fn weighed(mut told: Vec<(Tag, f32)>) -> Vec<(Tag, f32)> {
    let share = |told: &[(Tag, f32)]| told.iter().map(|(_, weight)| *weight).sum::<f32>();
    let all = share(&told);
    told.retain(|(_, weight)| *weight > 0.0 && *weight >= LEAST_WEIGHT * all);
    told.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    told.truncate(MOST_CANDIDATES);
    let all = share(&told);
    told.iter_mut().for_each(|(_, weight)| *weight /= all);
    told
}

#[cfg(test)]
#[path = "language_tests.rs"]
mod tests;
