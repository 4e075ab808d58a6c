//! Sound files of the formats that are text, and of those that are refused by name.

use crate::made::archive::gzip;
use crate::made::{SENTENCES, Sound, Wrapping};

pub fn files() -> Vec<Sound> {
    [texts(), marked_up(), manuals(), data(), letters(), refused()].concat()
}

fn paragraphs() -> String {
    SENTENCES.join("\n\n")
}

const RUSSIAN: &str = "Мир и хлеб на столе, а за окном идет снег. Соседка принесла письмо от дочери и \
    долго искала очки. Вечером мы пили чай с вареньем и говорили о старой даче, где до сих пор стоит \
    дедушкин велосипед.\n";

fn windows_1251(letter: char) -> u8 {
    match letter {
        'А'..='я' => (letter as u32 - 'А' as u32) as u8 + 0xc0,
        letter => letter as u8,
    }
}

fn texts() -> Vec<Sound> {
    let utf_16: Vec<u8> =
        format!("\u{feff}{}", paragraphs()).encode_utf16().flat_map(u16::to_le_bytes).collect();
    // Shift JIS, written byte by byte: "日本の本", some times over.
    let japanese = b"\x93\xfa\x96\x7b\x82\xcc\x96\x7b\x81B\n".repeat(40);
    let russian: Vec<u8> = RUSSIAN.chars().map(windows_1251).collect();
    let mut log = Sound::plain("journal.log.gz", "text", SENTENCES[2], paragraphs());
    log.wrapping = Wrapping::Gzip;
    vec![
        Sound::plain("many.txt", "text", SENTENCES[6], paragraphs()),
        Sound::plain("utf-16.txt", "text", SENTENCES[4], utf_16),
        Sound::plain("日本.txt", "text", "日本の本", japanese),
        Sound::plain("хлеб.txt", "text", "Мир и хлеб на столе", russian),
        log,
    ]
}

fn marked_up() -> Vec<Sound> {
    let markdown = format!(
        "---\ntitle: Die Mühle\nauthor: Зоя\ndate: 2024-05-01\n---\n\n# Heading\n\n{}\n\n- {}\n- {}\n\n\
         | Ort | Preis |\n|---|---|\n| Köln | 7 |\n| 京都 | 9 |\n\n```rust\nlet größe = 1;\n```\n\n> {}\n",
        paragraphs(),
        SENTENCES[0],
        SENTENCES[5],
        SENTENCES[7],
    );
    let body: String = SENTENCES.iter().map(|sentence| format!("<p>{sentence}</p>\n")).collect();
    let html = format!(
        "<!DOCTYPE html><html lang=\"el\"><head><meta charset=\"utf-8\"><title>Νησί</title></head><body>\
         <nav><a href=\"#\">menu</a></nav><h1>Καΐκι</h1>{body}<table><tr><th>Ort</th><th>Preis</th></tr>\
         <tr><td rowspan=\"2\">Köln</td><td>7</td></tr><tr><td>8 &amp; 9 &#x4e2d;</td></tr></table>\
         <ul><li>eins<ul><li>zwei</li></ul></li></ul><script>var x = '<p>no</p>';</script>\
         <pre>a\n  b</pre></body></html>"
    );
    let verses: String =
        SENTENCES.iter().map(|sentence| format!("  <l n=\"1\">{sentence}</l>\n")).collect();
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE poem [<!ENTITY who \"x\">]>\n<poem xmlns:a=\"b\">\n\
         <title>Заголовок &amp; &#1071;</title>\n{verses}<![CDATA[ <raw> ]]>\n<!-- comment -->\n</poem>\n"
    );
    vec![
        Sound::plain("muehle.md", "Markdown", SENTENCES[1], markdown),
        Sound::plain("seite.html", "HTML", SENTENCES[9], html),
        Sound::plain("poem.xml", "XML", SENTENCES[12], xml),
        Sound::plain("umlaut.rtf", "RTF", "Größe и 日本語", rtf()),
    ]
}

fn manuals() -> Vec<Sound> {
    let options: String = SENTENCES
        .iter()
        .zip('a'..)
        .map(|(s, letter)| format!(".TP\n\\fB\\-{letter}\\fR, \\fI\\-\\-naß\\fP\n{s}\n.PP\n{s}\n"))
        .collect();
    let man = format!(
        ".\\\" a remark\n.TH FEGEN 1 \"2024-06-30\" \"Hof 1.2\"\n.de Xx\n.ft CW\n\\\\$1\n..\n.ds who \\(co Jan\n\
         .SH BEZEICHNUNG\nfegen \\- den Hof sauber halten\n.Xx \\*(who\n.SH OPTIONEN\n{options}.TS\n\
         allbox tab(@);\nlb lb.\nOrt@T{{\nPreis\nT}}\n_\nKöln@7\n.TE\n.nf\nfegen \\e\n  hof\n.fi\n"
    );
    let text: String = SENTENCES.iter().map(|s| format!(".Pp\n{s}\n.Xr besen 8 ,\n")).collect();
    let mdoc = format!(
        ".Dd June 30, 2024\n.Dt SWEEP 1\n.Os\n.Sh NAME\n.Nm sweep\n.Nd keep the yard clean\n\
         .Sh DESCRIPTION\n{text}.Bl -tag -width Ds\n.It Fl d Ar depth\nGo\n.Dq 3\n(or\n\
         .Pa /etc/sweep Ns .d ) .\n.It Fl n\n.Bl -bullet\n.It\nOne.\n.El\n.El\n.Bd -literal\n$ sweep\n.Ed\n"
    );
    let body = paragraphs();
    let info = format!(
        "This is hof.info, produced by makeinfo version 7.0 from hof.texi.\n\n\u{1f}\n\
         File: hof.info,  Node: Top,  Next: Besen,  Up: (dir)\n\nDer Hof\n*******\n\n{body}\n\n* Menu:\n\n\
         * Besen::    Womit man fegt\n\n\u{1f}\nFile: hof.info,  Node: Besen,  Prev: Top,  Up: Top\n\n\
         1 Der Besen\n===========\n\n{body}  *Note Top::, for more.\n\n     besen --naß\n\n\u{1f}\nTag Table:\n\
         Node: Top\u{7f}83\nNode: Besen\u{7f}700\n\u{1f}\nEnd Tag Table\n"
    );
    vec![
        Sound::plain("fegen.1", "manual page", SENTENCES[3], man),
        Sound::plain("sweep.8", "manual page", SENTENCES[6], mdoc),
        Sound::plain("hof.info", "Info manual", SENTENCES[9], info),
    ]
}

fn rtf() -> String {
    let escaped = |text: &str| -> String {
        text.encode_utf16().map(|unit| format!("\\u{}?", unit as i16)).collect()
    };
    let lines: String =
        SENTENCES.iter().map(|sentence| format!("\\pard {}\\par\n", escaped(sentence))).collect();
    format!(
        "{{\\rtf1\\ansi\\ansicpg1252\\deff0{{\\fonttbl{{\\f0 A;}}{{\\f1\\fcharset204 B;}}}}\
         {{\\stylesheet{{\\s0 Normal;}}{{\\s1 heading 1;}}}}{{\\info{{\\title Titel}}{{\\author Jan}}\
         {{\\creatim\\yr2024\\mo3\\dy9}}}}\\pard\\s1 Kopf\\par Gr\\'f6\\'dfe {} {}\\par\n{lines}\
         \\trowd\\cellx100\\cellx200\\intbl Ort\\cell Preis\\cell\\row\\pard{{\\*\\unknown x}}\\bin3 abc}}",
        escaped("и"),
        escaped("日本語"),
    )
}

fn data() -> Vec<Sound> {
    let rows: String =
        SENTENCES.iter().zip(1..).map(|(s, n)| format!("{n},\"{s}, \"\"x\"\"\",{n}.5\n")).collect();
    let quoted: Vec<String> = SENTENCES.iter().map(|sentence| format!("\"{sentence}\"")).collect();
    let json = format!(
        "{{\"titel\": \"Gr\\u00f6\\u00dfe\", \"n\": [1, 2.5e3, null, true], \"sätze\": [{}]}}",
        quoted.join(", ")
    );
    let cells: Vec<String> = quoted
        .iter()
        .map(|text| {
            format!("{{\"cell_type\": \"markdown\", \"metadata\": {{}}, \"source\": [{text}]}}")
        })
        .collect();
    let notebook = format!(
        "{{\"cells\": [{}, {{\"cell_type\": \"code\", \"execution_count\": 1, \"metadata\": {{}}, \
         \"outputs\": [{{\"output_type\": \"stream\", \"name\": \"stdout\", \"text\": [\"42\\n\"]}}], \
         \"source\": [\"print(6 * 7)\"]}}], \"metadata\": {{}}, \"nbformat\": 4, \"nbformat_minor\": 5}}",
        cells.join(", ")
    );
    let cues: String = SENTENCES
        .iter()
        .zip(1..)
        .map(|(s, n)| format!("{n}\n00:00:{n:02},000 --> 00:00:{n:02},900\n<i>{s}</i>\n\n"))
        .collect();
    let captions = format!("WEBVTT\n\n{}", cues.replace(",000", ".000").replace(",900", ".900"));
    let yaml: String = SENTENCES.iter().zip(1..).map(|(s, n)| format!("satz_{n}: {s}\n")).collect();
    let code: String =
        SENTENCES.iter().map(|s| format!("# {s}\ndef f(x):\n    return \"{s}\" + x\n\n")).collect();
    vec![
        Sound::plain("orte.csv", "CSV", SENTENCES[3], format!("nr,satz,preis\n{rows}")),
        Sound::plain("größe.json", "JSON", SENTENCES[8], json),
        Sound::plain("heft.ipynb", "IPYNB", SENTENCES[10], notebook),
        Sound::plain("film.srt", "subtitles", SENTENCES[0], cues),
        Sound::plain("film.vtt", "subtitles", SENTENCES[13], captions),
        Sound::plain("a.yaml", "settings", SENTENCES[11], yaml),
        Sound::plain("a.py", "source code", SENTENCES[5], code),
    ]
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for (place, group) in bytes.chunks(3).enumerate() {
        let whole = [group[0], *group.get(1).unwrap_or(&0), *group.get(2).unwrap_or(&0)];
        let number = whole.iter().fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
        for position in 0..4 {
            let letter = LETTERS[number >> (18 - 6 * position) & 63];
            text.push(if position > group.len() { '=' } else { letter.into() });
        }
        if place % 19 == 18 {
            text.push_str("\r\n");
        }
    }
    text
}

/// A mail with an HTML side, a mail inside it and two things attached.
fn mail() -> String {
    let attached = base64(SENTENCES[4].as_bytes());
    let packed = base64(&gzip(SENTENCES[8].as_bytes()));
    format!(
        "From: =?utf-8?B?{}?= <zoja@example.org>\r\nTo: jan@example.org\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\
         Date: Sat, 4 May 2024 10:00:00 +0200\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"outer\"\r\n\r\n--outer\r\n\
         Content-Type: multipart/alternative; boundary=\"inner\"\r\n\r\n--inner\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n--inner\r\n\
         Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
         <p>{}</p><p>Gr=C3=BC=C3=9Fe und =\r\nmehr</p>\r\n--inner--\r\n--outer\r\n\
         Content-Type: text/plain; charset=utf-8; name=\"a.txt\"\r\nContent-Disposition: attachment; filename=\"a.txt\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{attached}\r\n--outer\r\n\
         Content-Type: application/gzip; name=\"b.txt.gz\"\r\nContent-Disposition: attachment; filename=\"b.txt.gz\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{packed}\r\n--outer\r\n\
         Content-Type: message/rfc822\r\n\r\nFrom: a@example.org\r\nSubject: inside\r\n\r\n{}\r\n--outer--\r\n",
        base64("Зоя".as_bytes()),
        SENTENCES[2],
        SENTENCES[2],
        SENTENCES[12],
    )
}

fn letters() -> Vec<Sound> {
    let mailbox: String = (0..3)
        .map(|n| format!("From a@b.c Sat May  4 10:0{n}:00 2024\n{}\n", mail().replace('\r', "")))
        .collect();
    let saved = format!(
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: http://example.org/\r\nSubject: page\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/related; type=\"text/html\"; boundary=\"b\"\r\n\r\n--b\r\n\
         Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
         <html><body><h1>Titel</h1><p>{}</p></body></html>\r\n--b--\r\n",
        SENTENCES[7]
    );
    vec![
        Sound::plain("gruss.eml", "mail", SENTENCES[8], mail()),
        Sound::plain("box.mbox", "mbox", SENTENCES[12], mailbox),
        Sound::plain("page.mhtml", "MHTML", SENTENCES[7], saved),
    ]
}

/// Their copies must go on being refused, or become another kind of file, and harm nobody.
fn refused() -> Vec<Sound> {
    let mut old_office = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    old_office.resize(512, 0);
    for name in ["Root Entry", "WordDocument", "1Table"] {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry.resize(64, 0);
        entry.extend_from_slice(&(2 * name.len() as u16 + 2).to_le_bytes());
        entry.resize(128, 0);
        old_office.extend_from_slice(&entry);
    }
    let picture = [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0"[..], &[7; 64]];
    vec![
        Sound::plain("alt.doc", "OLE", "", old_office),
        Sound::plain("bild.png", "binary", "", picture.concat()),
    ]
}
