//! What a network is shown before anything else, where how it computes depends on what it saw first: everyday sentences
//! in many languages and of several kinds, so that each channel has something to say. Changing them changes every vector
//! a little.

pub const TEXTS: [&str; 12] = [
    "The landlord must return the deposit within thirty days of the end of the lease.",
    "Zwiebeln fein hacken, in Butter glasig dünsten und mit Brühe ablöschen.",
    "Les horaires du bac changent en octobre ; voir le tableau au port.",
    "Проверьте давление в шинах, прежде чем ехать за город.",
    "会议改到星期四下午三点,请带上去年的预算表。",
    "庭の柿の木は十一月の終わりに剪定する。",
    "أرسلت الطبيبة نتيجة التحليل أمس، وكل شيء طبيعي.",
    "La garantía de la lavadora vence en marzo de 2027.",
    "let total = prices.iter().sum::<f64>() * 1.19;",
    "बच्चों की छुट्टियाँ सोमवार से शुरू होंगी।",
    "Invoice 4711: 3 × 12.50 EUR, due 2026-01-15",
    "Tren biletleri için son gün cuma, saat 18.00.",
];
