//! Pages written for these tests, and what should be read of them.

use crate::refusal::Refusal;
use crate::shown::{read, shown};

fn check(name: &str, page: &str, expected: &[&str]) {
    let document = read(name, page.as_bytes()).unwrap();
    assert_eq!(
        (document.format.as_str(), shown(&document)),
        ("manual page", expected.iter().map(|s| (*s).to_owned()).collect()),
        "{page}"
    );
}

#[test]
fn pages_in_man_become_headings_paragraphs_and_options() {
    let page = r#"'\" t
.\" Ein Beispiel
.TH FEGEN 1 2024-06-30 "Version 3" "Dienstprogramme"
.SH BEZEICHNUNG
fegen \- den Hof sauber halten
.SH ÜBERSICHT
.B fegen
[\fI\,OPTION\/\fP]... [\fIHOF\fP]
.SH "DIE OPTIONEN"
Der Hof wird gefegt,
bis er sauber ist.
.PP
Siehe
.BR besen (8),
und
.IR eimer (1).
.TP
\fB\-n\fP, \fB\-\-nass\fP
mit Wasser
fegen
.TP
.BI \-\-tiefe= ZAHL
.TQ
.B \-t
wie tief
.IP \(bu 2
ein Punkt
.IP leise 4
ohne Lärm
.SS Beispiele
.nf
fegen \-n \e
    hof
.fi
"#;
    check(
        "fegen.1",
        page,
        &[
            "H1 BEZEICHNUNG",
            "P fegen - den Hof sauber halten",
            "H1 ÜBERSICHT",
            "P fegen [OPTION]... [HOF]",
            "H1 DIE OPTIONEN",
            "P Der Hof wird gefegt, bis er sauber ist.",
            "P Siehe besen(8), und eimer(1).",
            "I -n, --nass: mit Wasser fegen",
            "I --tiefe=ZAHL, -t: wie tief",
            "I ein Punkt",
            "I leise: ohne Lärm",
            "H2 Beispiele",
            "C fegen -n \\\n    hof",
        ],
    );
    let metadata = read("x", page.as_bytes()).unwrap().metadata;
    assert_eq!(metadata.title.as_deref(), Some("fegen - den Hof sauber halten"));
    assert_eq!(metadata.modified.as_deref(), Some("2024-06-30"));
}

#[test]
fn pages_out_of_converters_read_the_same() {
    check(
        "x.8",
        ".TH X 8\n.SH オプション\n.PP\n\\fB\\-a\\fR\n.RS 4\nすべてを\n表示する。\n.sp\n次の段落。\n.RE\n.PP\n\\fB\\-b\\fR\n.RS 4\n.sp\n短い。\n.RE\n",
        &["H1 オプション", "I -a: すべてを表示する。", "P 次の段落。", "I -b: 短い。"],
    );
    check(
        "y.3pm",
        ".de Vb\n.ft CW\n..\n.ds C' ''\n.TH Y 3pm\n.SH NAME\nA \\*(lqname\\*(rq\n.IX Title \"Y 3\"\n.Vb 2\n\\&  one;\n\\&  two;\n.Ve\n.INDENT 0.0\n.IP 1. 3\nfirst\n.UNINDENT\n",
        &["H1 NAME", "P A “name”", "C   one;\n  two;", "I 1. first"],
    );
}

#[test]
fn pages_in_mdoc_are_read_as_they_are_shown() {
    check(
        "sweep",
        ".Dd June 30, 2024\n.Dt SWEEP 1\n.Os\n.Sh NAME\n.Nm sweep\n.Nd keep the yard clean\n.Sh SYNOPSIS\n.Nm\n.Op Fl nv\n.Op Fl d Ar depth\n.Ar\n.Sh DESCRIPTION\nThe\n.Nm\nutility sweeps, see\n.Xr broom 8 .\n.Bl -tag -width Ds\n.It Fl d Ar depth\nGo no deeper than\n.Ar depth ,\nwhich is\n.Dq 3\n(or\n.Pa /etc/sweep Ns .d ) .\n.It Fl n\nDo nothing.\n.El\n.Bl -bullet\n.It\nOne.\n.It\nTwo.\n.El\n.Bd -literal\n$ sweep -n\ndone\n.Ed\n.Fn sweep \"int depth\" \"char *yard\" .\n",
        &[
            "H1 NAME",
            "P sweep - keep the yard clean",
            "H1 SYNOPSIS",
            "P sweep [-nv] [-d depth] file ...",
            "H1 DESCRIPTION",
            "P The sweep utility sweeps, see broom(8).",
            "I -d depth: Go no deeper than depth, which is “3” (or /etc/sweep.d).",
            "I -n: Do nothing.",
            "I One.",
            "I Two.",
            "C $ sweep -n\ndone",
            "P sweep(int depth, char *yard).",
        ],
    );
}

#[test]
fn tables_are_read_by_rows() {
    check(
        "t.7",
        ".TH T 7\n.SH Taulukko\n.TS\nallbox tab(@);\nlb lb\nl l.\nKaupunki@Maa\n_\nTurku@T{\nSuomi,\n.B pohjoisessa\nT}\nTartto@Viro\n.TE\nLoppu.\n",
        &[
            "H1 Taulukko",
            "R Kaupunki | Maa",
            "R Kaupunki: Turku | Maa: Suomi, pohjoisessa",
            "R Kaupunki: Tartto | Maa: Viro",
            "P Loppu.",
        ],
    );
}

#[test]
fn a_page_that_only_names_another_holds_no_text() {
    let refused = read("fopen64.3", b".so man3/fopen.3\n");
    let reason = "it only says that man3/fopen.3 is the page to read".to_owned();
    assert_eq!(refused.map(|document| document.text), Err(Refusal::NoText { reason }));
}

#[test]
fn other_texts_that_begin_with_a_dot_stay_texts() {
    for (name, text) in [
        ("notes.txt", ".profile is read first.\n\nThen the rest."),
        ("a.1", "1 apple\n2 pears"),
        ("quote", "'Twas brillig, and the slithy toves"),
    ] {
        assert_eq!(read(name, text.as_bytes()).unwrap().format, "text", "{name}");
    }
}

#[test]
fn hostile_pages_take_linear_time() {
    let pages = [
        ".if n \\{\n".repeat(100_000),
        ".TP\n".repeat(200_000),
        "\\*(".repeat(200_000),
        ".ie n \\{".repeat(100_000),
        ".TS\n".repeat(100_000),
        format!(".TS\nl.\n{}", "T{\n".repeat(100_000)),
        format!(".Op {}", "Op ".repeat(100_000)),
        ".de x\n".repeat(100_000),
    ];
    let started = std::time::Instant::now();
    for page in pages {
        let _ = read("x.1", format!(".TH X 1\n.Dd x\n{page}").as_bytes());
    }
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
