//! Made-up text in several languages and scripts: few words are frequent, most are rare, and documents
//! are about something.

/// A language and what its words are made of.
pub struct Tongue {
    pub tag: &'static str,
    syllables: &'static str,
    space: &'static str,
    end: &'static str,
}

pub const TONGUES: &[Tongue] = &[
    Tongue {
        tag: "en",
        syllables: "the an ing ra con tion be low ster ack ment ish ou nd ly per",
        space: " ",
        end: ". ",
    },
    Tongue {
        tag: "de",
        syllables: "der ein ung ge ver schaft keit lich au bö mü sch ter en heim tag",
        space: " ",
        end: ". ",
    },
    Tongue {
        tag: "fr",
        syllables: "le la es ment eau tion é gre cha pro vie eur ois ant dé que",
        space: " ",
        end: ". ",
    },
    Tongue {
        tag: "ru",
        syllables: "на по ст ен ие ра го пре ого ть мо ва ли дел ник щи",
        space: " ",
        end: ". ",
    },
    Tongue {
        tag: "ar",
        syllables: "ال من كتا ب مد رس ية وا ني حد يث سل ام قر ش هم",
        space: " ",
        end: ". ",
    },
    Tongue {
        tag: "ja",
        syllables: "図 書 の 本 を 読 会 議 日 記 は 山 川 が 税 車",
        space: "",
        end: "。",
    },
];

/// How many words a language has.
const VOCABULARY: f64 = 200_000.0;
pub const TOPICS: usize = 40;
/// How many words belong to a topic, and how large a part of its texts they are.
const TOPICAL: f64 = 60.0;
const SHARE: f64 = 0.15;

pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        let mut this = Self(seed ^ 0x9e37_79b9_7f4a_7c15);
        this.next();
        this
    }

    /// From 0 up to, without, 1.
    pub fn next(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 ^ (self.0 >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn below(&mut self, end: usize) -> usize {
        ((self.next() * end as f64) as usize).min(end - 1)
    }

    fn word(&mut self, tongue: &Tongue, topic: usize) -> String {
        let of_topic = self.next() < SHARE;
        let rank = match of_topic {
            true => 500.0 + TOPICAL * topic as f64 + TOPICAL.powf(self.next()),
            // The second word is half as frequent as the first, the third a third.
            false => VOCABULARY.powf(self.next()),
        };
        let syllables: Vec<&str> = tongue.syllables.split(' ').collect();
        let mut left = rank as usize;
        let mut word = String::new();
        loop {
            word.push_str(syllables[left % syllables.len()]);
            left /= syllables.len();
            if left == 0 {
                return word;
            }
        }
    }

    pub fn words(&mut self, tongue: &Tongue, topic: usize, count: usize) -> String {
        let words: Vec<String> = (0..count).map(|_| self.word(tongue, topic)).collect();
        words.join(tongue.space)
    }

    /// Sentences of about so many words.
    pub fn text(&mut self, tongue: &Tongue, topic: usize, count: usize) -> String {
        let mut text = String::new();
        let mut left = count;
        while left > 0 {
            let words = left.min(6 + self.below(16));
            text.push_str(&self.words(tongue, topic, words));
            text.push_str(tongue.end);
            left -= words;
        }
        text.truncate(text.trim_end().len());
        text
    }
}
