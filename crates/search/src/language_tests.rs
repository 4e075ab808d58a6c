//! Which languages queries of a few words are taken for.

use super::*;

fn tags(list: &str) -> Vec<Tag> {
    list.split_whitespace().filter_map(Tag::new).collect()
}

/// `de:7 en:3` as shares.
fn library(list: &str) -> Vec<(Tag, f32)> {
    let share = |one: &str| {
        let (tag, share) = one.split_once(':').unwrap();
        (Tag::new(tag).unwrap(), share.parse::<f32>().unwrap() / 10.0)
    };
    list.split_whitespace().map(share).collect()
}

fn told(found: &[(Tag, f32)]) -> String {
    let one = |(tag, weight): &(Tag, f32)| format!("{tag} {weight:.2}");
    found.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// A language and what someone may ask in it.
const QUERIES: &[(&str, &[&str])] = &[
    ("en", &["how do I cancel my contract", "the invoice from march", "where is my passport"]),
    ("de", &["wie kündige ich meinen Vertrag", "die Rechnung vom März", "wo ist mein Reisepass"]),
    ("fr", &["comment résilier mon contrat", "la facture du mois de mars", "où est mon passeport"]),
    ("es", &["cómo cancelo mi contrato", "la factura del mes de marzo", "dónde está mi pasaporte"]),
    ("pt", &["como cancelar o meu contrato", "não recebi a fatura", "onde está o meu passaporte"]),
    ("it", &["come disdire il contratto", "la bolletta della luce", "dove ho messo il passaporto"]),
    ("nl", &["hoe zeg ik het contract op", "de rekening van maart", "waar is mijn paspoort"]),
    ("sv", &["hur säger jag upp mitt avtal", "räkningen för mars och april", "var är mitt pass"]),
    ("da", &["hvordan opsiger jeg aftalen", "hvad står der i kontrakten", "hvem skrev af sted"]),
    ("fi", &["miten irtisanon sopimuksen", "missä on minun passi", "lasku ja kuitti"]),
    ("et", &["kuidas lepingut lõpetada", "kus on minu pass", "arve ja kviitung"]),
    ("pl", &["jak wypowiedzieć umowę", "rachunek za prąd", "gdzie jest mój paszport"]),
    ("cs", &["jak vypovědět smlouvu", "faktura za březen", "kde je můj pas"]),
    ("hu", &["hogyan mondom fel a szerződést", "hol van az útlevelem", "a márciusi számla"]),
    ("ro", &["cum reziliez contractul", "factura din martie", "unde este pașaportul"]),
    ("tr", &["sözleşmeyi nasıl feshederim", "mart ayı faturası", "pasaportum nerede"]),
    ("vi", &["cách hủy hợp đồng", "hóa đơn của tháng ba", "hộ chiếu ở đâu"]),
    (
        "id",
        &["bagaimana cara membatalkan kontrak", "tagihan untuk bulan ini", "di mana paspor saya"],
    ),
    ("ru", &["как расторгнуть договор", "счёт за март", "где мой паспорт"]),
    ("uk", &["як розірвати договір", "рахунок за березень", "де мій паспорт"]),
    ("bg", &["как да прекратя договора", "сметката за март", "къде ми е паспортът"]),
    ("el", &["πώς ακυρώνω το συμβόλαιο", "λογαριασμός", "πού είναι το διαβατήριο"]),
    ("ar", &["كيف ألغي العقد", "فاتورة شهر مارس", "أين جواز السفر"]),
    ("fa", &["چگونه قرارداد را لغو کنم", "صورتحساب گاز", "گذرنامه کجا است"]),
    ("ur", &["معاہدہ کیسے ختم کریں", "پاسپورٹ کہاں ہے", "مارچ کے بل"]),
    ("he", &["איך מבטלים חוזה", "חשבון חשמל", "איפה הדרכון"]),
    ("hi", &["अनुबंध कैसे रद्द करें", "मार्च का बिल", "पासपोर्ट कहाँ है"]),
    ("bn", &["চুক্তি কীভাবে বাতিল করব", "বিদ্যুৎ বিল"]),
    ("ta", &["ஒப்பந்தம் ரத்து", "மின் கட்டணம்"]),
    ("th", &["ยกเลิกสัญญาอย่างไร", "ใบแจ้งหนี้"]),
    ("ka", &["როგორ გავაუქმო კონტრაქტი"]),
    ("hy", &["ինչպես չեղարկել պայմանագիրը"]),
    ("ko", &["계약을 해지하는 방법", "3월 청구서"]),
    ("ja", &["契約を解除するには", "電気料金の請求書", "パスポート"]),
    ("zh", &["怎么取消合同", "三月份的发票", "护照在哪里"]),
];

/// Everybody's library: no language is likelier than another beforehand.
fn all_languages() -> Vec<(Tag, f32)> {
    let all: Vec<Tag> = QUERIES.iter().filter_map(|(tag, _)| Tag::new(tag)).collect();
    all.iter().map(|tag| (*tag, 1.0 / all.len() as f32)).collect()
}

#[test]
fn short_queries_are_told_in_many_languages() {
    let library = all_languages();
    let (mut all, mut first, mut lost) = (0, 0, Vec::new());
    for (tag, queries) in QUERIES {
        for query in *queries {
            let found = candidates(query, &library, &[]);
            let place = found.iter().position(|(one, _)| one.as_str() == *tag);
            all += 1;
            first += usize::from(place == Some(0));
            if place != Some(0) {
                println!("{tag} {query}: {}", told(&found));
            }
            // A language that is not even a candidate is the fault that costs answers.
            if place.is_none() && !found.is_empty() {
                lost.push(format!("{tag} {query}: {}", told(&found)));
            }
        }
    }
    println!("{first} of {all} first, {} lost", lost.len());
    assert!(first * 100 >= 88 * all, "{first} of {all}");
    assert!(lost.len() * 100 <= 5 * all, "{lost:#?}");
}

#[test]
fn weights_add_up_and_fall() {
    let library = library("de:5 en:3 fr:1 ja:1");
    for (_, queries) in QUERIES {
        for query in *queries {
            for (library, user) in [(&library[..], &tags("de en")[..]), (&[], &[])] {
                let found = candidates(query, library, user);
                let sum: f32 = found.iter().map(|(_, weight)| weight).sum();
                assert!(found.is_empty() || (sum - 1.0).abs() < 1e-5, "{query}: {}", told(&found));
                assert!(found.is_sorted_by(|a, b| a.1 >= b.1) && found.len() <= MOST_CANDIDATES);
            }
        }
    }
}

/// `expected` has the candidates in order; with a `!` after the first, it must have nine tenths.
fn check(query: &str, shares: &str, user: &str, expected: &str) {
    let found = candidates(query, &library(shares), &tags(user));
    let sure = found.first().is_some_and(|(_, weight)| *weight >= 0.9);
    let mut names: Vec<String> = found.iter().map(|(tag, _)| tag.to_string()).collect();
    if sure && names.len() == 1 {
        names[0].push('!');
    }
    assert_eq!(names.join(" "), expected, "{query}: {}", told(&found));
}

#[test]
fn what_is_open_stays_open() {
    // Words of no language, or of several, are taken for what library and user have.
    check("restaurant", "de:5 fr:5", "", "de fr");
    check("restaurant", "de:5 fr:5", "fr", "fr de");
    check("Kafka", "de:9 en:1", "en", "de en");
    check("2024-06-30", "de:7 en:3", "", "de en");
    check("2024-06-30", "", "", "");
    check("Kafka", "", "", "");
    check("🙂 12:30", "ru:9 ja:1", "", "ru ja");
    check("", "de:9", "de", "de!");
    // A script says who cannot have written it.
    check("Москва", "de:6 ru:4", "de", "ru!");
    check("Київ", "ru:5 uk:5", "", "uk ru");
    check("東京", "ja:9 zh:1", "", "ja zh");
    check("东京 发票", "ja:9 zh:1", "", "zh!");
    check("駅 価格", "zh:9 ja:1", "", "ja!");
    check("ትግርኛ", "ti:9", "ti", "ti am");
}

#[test]
fn the_query_outweighs_the_library_where_it_is_clear() {
    let table = [
        ("how do I cancel my contract", "de:10", "de", "en"),
        ("wie kündige ich den Vertrag", "en:10", "en", "de"),
        ("comment résilier mon contrat de location", "en:9 de:1", "en", "fr"),
        ("как расторгнуть договор", "uk:9 ru:1", "uk", "ru"),
        ("電気料金の請求書", "zh:10", "zh", "ja"),
    ];
    for (query, shares, user, expected) in table {
        let found = candidates(query, &library(shares), &tags(user));
        assert_eq!(found.first().map(|(tag, _)| tag.as_str()), Some(expected), "{}", told(&found));
    }
}
