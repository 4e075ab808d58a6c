//! The commands on a library as a person or a script meets them: folders in, answers out, with the real
//! program and the built-in model.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::cli::{PROGRAM, check_refused, json};

/// Each with the language it is in.
const NOTES: &[(&str, &str)] = &[
    (
        "werkstatt/fahrradschlauch.md",
        "# Einen Platten flicken\n\nDen Schlauch aus dem Reifen ziehen, das Loch im Wasserbad suchen, die \
         Stelle aufrauen, Kleber auftragen und den Flicken fest andrücken. Danach den Reifen wieder \
         aufpumpen und den Druck prüfen.\n",
    ),
    (
        "kueche/pain.txt",
        "Pour un bon pain de campagne, nourrissez le levain la veille. Pétrissez la farine, l'eau et le \
         sel, laissez lever la pâte toute la nuit au frais, puis enfournez dans un four très chaud.\n",
    ),
    (
        "kueche/味噌汁.txt",
        "味噌汁の作り方。昆布と鰹節で出汁を取り、豆腐とわかめを入れて温める。火を止めてから味噌を溶き入れ、\
         沸騰させないようにする。\n",
    ),
    (
        "garten/tomatoes.md",
        "# Tomatoes on the balcony\n\nSow the seeds in March on a warm windowsill. Pinch out the side shoots, \
         water at the root in the morning and feed the plants every two weeks once they flower.\n",
    ),
    (
        "кот.txt",
        "Кошку нужно показать ветеринару раз в год. Врач проверит зубы, сделает прививку от бешенства и \
         посоветует корм для пожилых животных.\n",
    ),
    (
        "alquiler.txt",
        "El inquilino paga el alquiler antes del día cinco de cada mes. La fianza se devuelve cuando se \
         entrega el piso en buen estado y con todas las llaves.\n",
    ),
    (
        "حج.txt",
        "موعد القطار إلى الساحل الساعة الثامنة صباحا. نحجز المقاعد بجانب النافذة ونأخذ معنا الماء والطعام للطريق الطويل.\n",
    ),
    (
        "steer\u{1b}[31m.txt",
        "The lighthouse keeper \u{1b}[2J\u{7}wrote every storm \u{202e}into a blue logbook for forty years.\n",
    ),
];

/// A data folder, and a folder of notes.
struct Desk {
    root: TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { root: tempfile::tempdir().unwrap() };
        for (name, text) in NOTES {
            desk.write(name, text.as_bytes());
        }
        desk.write("garten/empty.md", b"");
        desk.write("garten/photo.bin", &[0, 159, 146, 150, 0, 1, 2, 3].repeat(100));
        desk.write(".hidden/secret.txt", b"hidden");
        desk
    }

    /// With everything read and embedded.
    fn indexed() -> Self {
        let desk = Self::new();
        let added = desk.run(&["add", desk.notes().to_str().unwrap()]);
        assert!(added.status.success(), "{}", error(&added));
        let indexed = desk.run(&["index", "--once"]);
        assert!(indexed.status.success(), "{}", error(&indexed));
        desk
    }

    fn notes(&self) -> PathBuf {
        self.root.path().canonicalize().unwrap().join("notes")
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.root.path().join("notes").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&*PROGRAM);
        command.args(arguments).env("KENNING_HOME", self.root.path().join("home"));
        command.env_remove("LANGUAGE").env("LANG", "en_GB.UTF-8").stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        json(&self.run(&[&["--json"], arguments].concat()))
    }
}

fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Of which the tests below only read.
static DESK: LazyLock<Desk> = LazyLock::new(Desk::indexed);

fn first_path(answer: &Value) -> PathBuf {
    PathBuf::from(answer["hits"][0]["path"].as_str().unwrap_or_else(|| panic!("{answer:#}")))
}

impl Desk {
    /// What a search answers, found or not; its exit code must say which.
    fn answer(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[&["--json"], arguments].concat());
        let answer: Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", error(&output)));
        let expected = if answer["verdict"] == "found" { 0 } else { 3 };
        assert_eq!(output.status.code(), Some(expected), "{answer:#}");
        answer
    }
}

#[test]
fn a_question_in_one_language_finds_a_document_in_another() {
    let check = |question: &str, expected: &str| {
        let answer = DESK.answer(&["search", question]);
        assert_eq!(first_path(&answer), DESK.notes().join(expected), "{question}: {answer:#}");
        assert_eq!((&answer["stage"], &answer["verdict"]), (&"meaning".into(), &"found".into()));
    };
    check("how to repair a flat bicycle tyre", "werkstatt/fahrradschlauch.md");
    check("recette de soupe au miso", "kueche/味噌汁.txt");
    check("Wann muss die Miete bezahlt werden?", "alquiler.txt");
    check("when does the train to the coast leave", "حج.txt");
    check("猫を獣医に連れて行く", "кот.txt");
    check("как замесить тесто для хлеба на закваске", "kueche/pain.txt");
}

#[test]
fn an_answer_says_where_why_and_what_was_searched() {
    let answer = DESK.answer(&["search", "Reifen flicken", "--limit", "2"]);
    let hit = &answer["hits"][0];
    assert_eq!(
        (&hit["rank"], &hit["title"]),
        (&1.into(), &"Einen Platten flicken".into()),
        "{answer:#}"
    );
    assert_eq!(hit["why"]["words"], serde_json::json!(["Reifen", "flicken"]));
    let passage = &hit["passages"][0];
    let excerpt = passage["excerpt"].as_str().unwrap();
    let marked: Vec<&str> = passage["highlights"]
        .as_array()
        .unwrap()
        .iter()
        .map(|range| {
            &excerpt[range[0].as_u64().unwrap() as usize..range[1].as_u64().unwrap() as usize]
        })
        .collect();
    assert!(marked.contains(&"Reifen"), "{marked:?} in {excerpt}");
    assert!(answer["hits"].as_array().unwrap().len() <= 2);
    assert_eq!(answer["coverage"]["files"], NOTES.len());
    assert_eq!(answer["coverage"]["words_only"], 0);
}

#[test]
fn flags_leave_out_what_they_exclude() {
    let paths = |arguments: &[&str]| -> Vec<String> {
        let answer = DESK.answer(&[&["search"], arguments].concat());
        let hits = answer["hits"].as_array().unwrap().clone();
        hits.iter()
            .map(|hit| {
                Path::new(hit["path"].as_str().unwrap())
                    .file_name()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    };
    let sorted = |mut paths: Vec<String>| {
        paths.sort();
        paths
    };
    assert_eq!(sorted(paths(&["--in", "kueche"])), ["pain.txt", "味噌汁.txt"]);
    assert_eq!(sorted(paths(&["--type", "markdown"])), ["fahrradschlauch.md", "tomatoes.md"]);
    assert_eq!(paths(&["--lang", "ru"]), ["кот.txt"]);
    assert_eq!(paths(&["--before", "1980"]), [""; 0]);
    assert_eq!(paths(&["--after", "2001", "--in", "garten"]), ["tomatoes.md"]);
    // Where nothing is asked nothing is near or far.
    let listed = ["search", "--type", "markdown"];
    assert!(DESK.answer(&listed)["hits"][0]["band"].is_null());
    let printed = printed(&DESK.run(&listed));
    assert!(printed.contains("1. ") && !printed.contains('('), "{printed}");
}

#[test]
fn in_a_pipe_an_answer_is_plain_and_nothing_in_it_steers_a_terminal() {
    let output = DESK.run(&["search", "lighthouse logbook storm", "--explain"]);
    let text = printed(&output);
    assert_eq!(output.status.code(), Some(0));
    assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text:?}");
    assert!(text.starts_with("read as: en"), "{text}");
    assert!(text.contains("1. steer\u{fffd}[31m.txt ("), "{text}");
    assert!(text.contains("keeper [2Jwrote every storm into a blue logbook"), "{text}");
    assert!(text.contains("holds: lighthouse, logbook, storm"), "{text}");
    assert!(text.ends_with(&format!("Searched {} files.\n", NOTES.len())), "{text}");
    assert!(!text.contains('%'), "{text}");
}

#[test]
fn where_colour_is_wanted_words_stand_out_unless_the_user_forbids_it() {
    let coloured = |no_color: Option<&str>| {
        let mut command = DESK.command(&["search", "lighthouse"]);
        command.env_remove("NO_COLOR").env("CLICOLOR_FORCE", "1");
        command.envs(no_color.map(|value| ("NO_COLOR", value)));
        printed(&command.output().unwrap())
    };
    assert!(coloured(None).contains("\u{1b}[1mlighthouse\u{1b}[0m"), "{:?}", coloured(None));
    assert!(!coloured(Some("1")).contains('\u{1b}'));
}

#[test]
fn nothing_close_is_said_and_has_its_own_exit_code() {
    let question = ["search", "quarterly revenue of semiconductor exporters"];
    let output = DESK.run(&question);
    assert_eq!(output.status.code(), Some(3), "{}", printed(&output));
    assert!(
        printed(&output).starts_with("Nothing here is close to that.\n"),
        "{}",
        printed(&output)
    );
    assert!(!printed(&output).contains("1. "), "{}", printed(&output));
    let explained = DESK.run(&[&question[..], &["--explain"]].concat());
    assert!(printed(&explained).contains("1. "), "{}", printed(&explained));
    let answer = DESK.answer(&["search", "xyzzyplugh", "--pipeline", "words"]);
    assert_eq!((&answer["verdict"], &answer["stage"]), (&"nothing".into(), &"words".into()));
}

#[test]
fn among_eight_files_too_what_nothing_answers_is_told_from_what_something_does() {
    for question in [
        "sulphuric acid industrial production",
        "Mitochondriale Ribosomen der Hefe",
        "история Византийской империи",
        "量子色力学の格子計算",
        "derecho constitucional comparado",
        "علم الفلك الراديوي والمجرات البعيدة",
        "xqzv blorf wuggle",
    ] {
        let answer = DESK.answer(&["search", question]);
        assert_ne!(answer["verdict"], "found", "{question}: {answer:#}");
    }
}

#[test]
fn a_file_without_text_is_found_by_its_name_with_the_reason() {
    let answer = DESK.answer(&["search", "photo"]);
    let hit = &answer["hits"][0];
    assert_eq!(first_path(&answer), DESK.notes().join("garten/photo.bin"), "{answer:#}");
    assert_eq!((&hit["unread"]["reason"], &hit["format"]), (&"unsupported".into(), &Value::Null));
    assert_eq!(hit["passages"], serde_json::json!([]));
    let printed = printed(&DESK.run(&["search", "photo", "--explain"]));
    assert!(printed.contains("found by its name alone: files of this kind"), "{printed}");
    // What the rules leave out stays hidden.
    let answer = DESK.answer(&["search", "secret.txt"]);
    assert!(answer["hits"].as_array().unwrap().iter().all(|hit| hit["unread"].is_null()));
}

#[test]
fn the_best_may_be_read_again_by_a_reranker() {
    let desk = Desk::new();
    let model = crate::staging::copy("qwen3");
    crate::staging::make_reranker(&model);
    let models = desk.root.path().join("home/models/tiny");
    fs::create_dir_all(&models).unwrap();
    for entry in fs::read_dir(model.path()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), models.join(entry.file_name())).unwrap();
    }
    assert!(desk.run(&["add", desk.notes().to_str().unwrap()]).status.success());
    assert!(desk.run(&["index"]).status.success());
    for question in ["bicycle tyre", "味噌", "Wann zahlt man die Miete?", "кот"] {
        let hits = |pipeline: &str| {
            let output = desk.run(&["--json", "search", question, "--pipeline", pipeline]);
            let answer: Value = serde_json::from_slice(&output.stdout)
                .unwrap_or_else(|_| panic!("{question}: {}", error(&output)));
            let path = |hit: &Value| hit["path"].as_str().unwrap().to_owned();
            let hits = answer["hits"].as_array().unwrap().iter().map(path);
            let mut hits: Vec<String> = hits.collect();
            hits.sort();
            (answer["stage"].clone(), hits)
        };
        let (stage, reranked) = hits("reranked");
        let (_, hybrid) = hits("hybrid");
        assert_eq!(stage, if reranked.is_empty() { "words" } else { "reranked" }, "{question}");
        assert_eq!(reranked, hybrid, "{question}: the same documents in another order");
    }
}

#[test]
fn of_a_phrase_that_stands_nowhere_it_is_said_and_its_words_are_searched() {
    let question = ["search", "how to \"patch a flat\" bicycle tube"];
    let answer = DESK.answer(&question);
    assert_eq!(answer["loosened_phrases"], serde_json::json!(["patch a flat"]));
    let expected = DESK.notes().join("werkstatt/fahrradschlauch.md");
    assert_eq!(first_path(&answer), expected, "{answer:#}");
    let told = "No document holds “patch a flat” word for word; these are about its words.\n";
    assert!(printed(&DESK.run(&question)).starts_with(told));
    let answer = DESK.answer(&["search", "\"water at the root\""]);
    assert_eq!(answer["loosened_phrases"], serde_json::json!([]));
    assert_eq!(answer["hits"].as_array().unwrap().len(), 1, "{answer:#}");
}

#[test]
fn similar_takes_a_file_of_the_library_and_refuses_others() {
    let bread = DESK.notes().join("kueche/pain.txt");
    let answer = DESK.answer(&["similar", bread.to_str().unwrap(), "--limit", "3"]);
    let paths: Vec<&str> = answer["hits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| hit["path"].as_str().unwrap())
        .collect();
    assert!(!paths.is_empty() && !paths.contains(&bread.to_str().unwrap()), "{paths:?}");
    let check = |path: &Path, parts: &[&str]| {
        check_refused(&DESK.run(&["similar", path.to_str().unwrap()]), parts);
    };
    check(Path::new("/somewhere/else.txt"), &["no watched folder"]);
    check(&DESK.notes().join("nonesuch.txt"), &["not known", "index"]);
    check(&DESK.notes().join("garten/empty.md"), &["empty.md", "empty"]);
}

#[test]
fn every_file_is_in_one_state_and_the_counts_add_up() {
    let status = DESK.json(&["status"]);
    let counts = &status["counts"];
    let number = |value: &Value| value.as_u64().unwrap();
    let sum: u64 = ["meaning", "words", "waiting", "failed", "quarantined", "skipped", "left_out"]
        .iter()
        .map(|state| number(&counts[state]))
        .sum();
    assert_eq!(number(&counts["files"]), sum, "{status:#}");
    let lines = status["states"].as_array().unwrap();
    assert_eq!(lines.iter().map(|line| number(&line["files"])).sum::<u64>(), sum);
    assert_eq!(number(&counts["meaning"]), NOTES.len() as u64, "{status:#}");
    assert_eq!(number(&counts["skipped"]), 2, "{status:#}");
    assert_eq!(number(&counts["folders_left_out"]), 1, "{status:#}");
    let on_disk = NOTES.len() as u64 + 2;
    assert_eq!(sum, on_disk, "{status:#}");
    assert_eq!(status["models"][0]["answers"], true);
    assert_eq!(status["folders"][0]["is_reachable"], true);

    let listed = printed(&DESK.run(&["--json", "status", "--files", "skipped"]));
    let rows: Vec<Value> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().any(|row| row["reason"] == "empty"), "{rows:?}");

    let told = printed(&DESK.run(&["status"]));
    assert!(told.contains("8 files searchable by words and meaning"), "{told}");
    assert!(told.contains("multilingual-e5-small"), "{told}");
}

#[test]
fn folders_come_and_go() {
    let desk = Desk::new();
    check_refused(&desk.run(&["search", "tea"]), &["no library yet", "kenning add"]);
    check_refused(&desk.run(&["list"]), &["no library yet", "kenning add"]);
    check_refused(&desk.run(&["index"]), &["no folder is watched", "kenning add"]);
    check_refused(&desk.run(&["add", "/nonesuch/folder"]), &["/nonesuch/folder", "no folder"]);
    let folder = desk.notes().join("garten");
    let folder = folder.to_str().unwrap();
    let added = desk.json(&["add", folder, "--exclude", "*.bin"]);
    assert_eq!(added["folders"], serde_json::json!([{"path": folder, "is_new": true}]));
    assert_eq!(desk.json(&["add", folder])["folders"][0]["is_new"], false);
    assert_eq!(desk.json(&["status"])["is_paused"], false);
    // A word of what it holds: by its name it may be found already.
    let before = desk.run(&["search", "windowsill"]);
    assert_eq!(before.status.code(), Some(3), "{}", error(&before));
    let indexed = desk.json(&["index"]);
    assert_eq!((&indexed["files"], &indexed["meaning"]), (&3.into(), &1.into()), "{indexed}");
    assert_eq!(desk.json(&["list"])["folders"][0]["path"], folder);
    check_refused(&desk.run(&["remove", "/nonesuch"]), &["not a watched folder", "kenning list"]);
    fs::remove_dir_all(folder).unwrap();
    let listed = printed(&desk.run(&["list"]));
    assert!(listed.contains("not reachable"), "{listed}");
    assert_eq!(desk.json(&["remove", folder])["files"], 3);
    assert!(printed(&desk.run(&["list"])).contains("No folder is watched"));
    assert_eq!(desk.run(&["search", "tomatoes"]).status.code(), Some(3));
}

/// `kenning watch`, ended at the latest when the test is.
#[cfg(unix)]
struct Watching {
    program: std::process::Child,
    lines: std::sync::mpsc::Receiver<String>,
}

#[cfg(unix)]
impl Watching {
    fn start(desk: &Desk) -> Self {
        use std::io::{BufRead, BufReader};

        let mut program = desk.command(&["watch"]).stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(program.stdout.take().unwrap());
        let (sender, lines) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Self { program, lines }
    }

    #[track_caller]
    fn wait_for(&self, part: &str) {
        const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
        while !self.lines.recv_timeout(PATIENCE).expect(part).contains(part) {}
    }

    fn interrupt(&mut self) -> std::process::ExitStatus {
        let id = self.program.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        self.program.wait().unwrap()
    }
}

#[cfg(unix)]
impl Drop for Watching {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

#[cfg(unix)]
#[test]
fn watching_goes_on_beside_those_who_read_and_ends_well_when_told() {
    let desk = Desk::indexed();
    let mut watching = Watching::start(&desk);
    watching.wait_for("Watching 1 folder");
    watching.wait_for("Up to date. 10 files");
    let notes = desk.notes();
    let add = ["add", notes.to_str().unwrap()];
    check_refused(&desk.run(&add), &["another Kenning", "Close it"]);
    let bees = "Die Bienen fliegen ab zehn Grad; im Winter bleibt das Volk im Stock.";
    desk.write("garten/bees.txt", bees.as_bytes());
    watching.wait_for("Up to date. 11 files");
    assert!(first_path(&desk.answer(&["search", "beehive in winter"])).ends_with("bees.txt"));
    let told = std::time::Instant::now();
    assert!(watching.interrupt().success());
    assert!(told.elapsed() < std::time::Duration::from_secs(2), "{:?}", told.elapsed());
    assert!(desk.run(&add).status.success());
}

#[test]
fn wrong_arguments_have_their_own_exit_code() {
    for arguments in [
        &["search"][..],
        &["search", "tea", "--after", "yesterday"],
        &["status", "--files", "lost"],
        &["completions", "nonesuch"],
    ] {
        assert_eq!(DESK.run(arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn completions_and_manual_pages_are_made_from_the_grammar() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = printed(&DESK.run(&["completions", shell]));
        assert!(script.contains("similar") && script.contains("pipeline"), "{shell}: {script}");
    }
    let page = printed(&DESK.run(&["man"]));
    for part in [".TH kenning", "EXIT STATUS", "KENNING_HOME", "kenning\\-search"] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert!(printed(&DESK.run(&["man", "search"])).contains("\\-\\-explain"));
    check_refused(&DESK.run(&["man", "nonesuch"]), &["nonesuch", "kenning help"]);
}

#[test]
fn while_one_indexes_others_search_and_a_second_one_is_refused() {
    let desk = Desk::new();
    for number in 0..70 {
        let (name, text) = NOTES[number % NOTES.len()];
        desk.write(&format!("viel/{number}-{name}"), format!("{text} Nummer {number}.").as_bytes());
    }
    let notes = desk.notes();
    assert!(desk.run(&["add", notes.to_str().unwrap()]).status.success());
    let mut first = desk.command(&["index"]);
    let mut first = first.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let holder = format!("process {}", first.id());
    let lock = desk.root.path().join("home/lock");
    while fs::read_to_string(&lock).is_ok_and(|text| text != holder) {
        assert!(first.try_wait().unwrap().is_none(), "it ended before it wrote");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let (mut refused, mut counted) = (0, Vec::new());
    while first.try_wait().unwrap().is_none() {
        let second = desk.run(&["index"]);
        if first.try_wait().unwrap().is_none() {
            check_refused(&second, &["another Kenning", &holder]);
            refused += 1;
        }
        counted.push(desk.json(&["status"])["counts"]["files"].as_u64().unwrap());
        let answer = desk.answer(&["search", "Reifen flicken"]);
        assert!(answer["hits"].is_array());
    }
    assert!(first.wait().unwrap().success());
    assert!(refused > 0, "nothing was done at the same time");
    assert!(counted.is_sorted(), "{counted:?}");
    let counts = desk.json(&["status"])["counts"].clone();
    assert_eq!(counts["meaning"].as_u64().unwrap() as usize, NOTES.len() + 70, "{counts:#}");
    let answer = desk.answer(&["search", "\"Nummer 69\""]);
    assert!(first_path(&answer).ends_with(format!("69-{}", NOTES[69 % NOTES.len()].0)));
}

#[test]
fn damage_is_told_of_and_made_good() {
    let desk = Desk::indexed();
    let home = desk.root.path().join("home");
    let check = |told: &str| {
        let refused = desk.run(&["search", "Reifen flicken"]);
        check_refused(&refused, &["damaged"]);
        let indexed = desk.run(&["index"]);
        assert!(indexed.status.success() && error(&indexed).contains(told), "{}", error(&indexed));
        let answer = desk.answer(&["search", "Reifen flicken"]);
        assert!(first_path(&answer).ends_with("werkstatt/fahrradschlauch.md"));
        let again = desk.run(&["index"]);
        assert!(again.status.success() && !error(&again).contains("anew"), "{}", error(&again));
    };
    fs::write(home.join("words/meta.json"), "{").unwrap();
    check("the word index is made anew");
    let mut bytes = fs::read(home.join("kenning.db")).unwrap();
    bytes[..100].fill(0xa5);
    fs::write(home.join("kenning.db"), bytes).unwrap();
    check("1 watched folder is known again");
}

#[test]
fn another_model_reads_the_library_and_the_first_one_can_have_it_back() {
    let desk = Desk::indexed();
    // The built-in model under another name, and told otherwise what a document is: another model.
    let built_in = crate::staging::target().join("models/multilingual-e5-small");
    let second = desk.root.path().join("home/models/zweites");
    fs::create_dir_all(&second).unwrap();
    for entry in fs::read_dir(built_in).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), second.join(entry.file_name())).unwrap();
    }
    let manifest = second.join("kenning.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    let text = text.replace("name = \"multilingual-e5-small\"", "name = \"zweites\"");
    fs::write(
        &manifest,
        text.replace("document = \"passage: {text}\"", "document = \"query: {text}\""),
    )
    .unwrap();
    let answering = || {
        let models = desk.json(&["status"])["models"].clone();
        let models = models.as_array().unwrap().clone();
        let answers = models.iter().find(|model| model["answers"] == true).unwrap();
        answers["model"].as_str().unwrap().to_owned()
    };
    assert_eq!(answering(), "multilingual-e5-small");
    check_refused(&desk.run(&["models", "use", "nicht-da"]), &["nicht-da", "known are"]);
    check_refused(&desk.run(&["models", "undo"]), &["nothing to take back"]);
    let elsewhere = desk.root.path().join("anderswo");
    fs::create_dir_all(&elsewhere).unwrap();
    for entry in fs::read_dir(&second).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), elsewhere.join(entry.file_name())).unwrap();
    }
    let path = elsewhere.to_str().unwrap();
    check_refused(&desk.run(&["models", "use", path, "--yes"]), &["models import", path]);
    let few = ["models", "use", "multilingual-e5-small", "--dims", "64"];
    check_refused(&desk.run(&few), &["multilingual-e5-small", "first numbers", "--dims"]);
    let estimate = desk.json(&["models", "use", "zweites", "--estimate"]);
    assert!(estimate["passages"].as_u64().unwrap() >= 8, "{estimate}");
    assert!(estimate["seconds"].as_f64().unwrap() > 0.0, "{estimate}");
    // Nobody is there to be asked.
    check_refused(&desk.run(&["models", "use", "zweites"]), &["passages to read anew", "--yes"]);
    assert_eq!(answering(), "multilingual-e5-small");
    assert_eq!(desk.json(&["models", "use", "zweites", "--yes"])["model"], "zweites");
    assert_eq!(answering(), "zweites");
    // Whoever comes next uses the model that was chosen, and has nothing to do.
    assert!(desk.run(&["index"]).status.success());
    assert_eq!(answering(), "zweites");
    assert_eq!(desk.run(&["search", "feeding tomato plants"]).status.code(), Some(0));
    check_refused(&desk.run(&["models", "forget", "zweites"]), &["zweites", "--yes"]);
    // There are too few headings here to compare models by; what is compared must be two models.
    let both = ["models", "compare", "zweites", "multilingual-e5-small"];
    check_refused(&desk.run(&both), &["headings and titles", "are needed"]);
    let same = ["models", "compare", "zweites", "zweites"];
    check_refused(&desk.run(&same), &["zweites", "the same model"]);
    assert_eq!(desk.json(&["models", "undo"])["model"], "multilingual-e5-small");
    assert_eq!(answering(), "multilingual-e5-small");
}
