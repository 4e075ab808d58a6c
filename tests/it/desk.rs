//! Every command of the contract, without a desktop: a shell that only notes what it is asked.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kenning_engine::{Home, Models, Options};
use kenning_tests::hub::Hub;
use kenning_wire::{
    Asked, COMMANDS, Desk, HostEvent, OfferKind, Pipeline, SearchNews, SearchRequest, Shell, View,
    dispatch,
};
use serde_json::{Value, json};

use crate::getting::{NAME, OWN, repository};
use crate::library::stage::program;
use crate::staging::{copy, install, make_reranker};

#[derive(Default)]
struct Noting {
    told: Mutex<Vec<HostEvent>>,
    asked: Mutex<Vec<String>>,
    chosen: Mutex<Option<PathBuf>>,
}

impl Noting {
    fn note(&self, what: impl std::fmt::Display) {
        self.asked.lock().unwrap().push(what.to_string());
    }

    fn noted(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    fn was_told(&self, is_it: impl Fn(&HostEvent) -> bool) -> bool {
        self.told.lock().unwrap().iter().any(is_it)
    }
}

impl Shell for Noting {
    fn tell(&self, event: &HostEvent) {
        self.told.lock().unwrap().push(event.clone());
    }

    fn choose(&self, _: OfferKind) -> Option<PathBuf> {
        self.chosen.lock().unwrap().take()
    }

    fn open(&self, file: &Path) -> Result<(), String> {
        self.note(format!("open {}", file.display()));
        Ok(())
    }

    fn reveal(&self, file: &Path) -> Result<(), String> {
        self.note(format!("reveal {}", file.display()));
        Err("there is no file manager".to_owned())
    }

    fn set_hotkey(&self, keys: &str) -> Result<(), String> {
        if keys == "Ctrl+C" { Err("it is another program's".to_owned()) } else { Ok(()) }
    }

    fn set_start_at_login(&self, starts: bool) -> Result<(), String> {
        self.note(format!("start at login {starts}"));
        Ok(())
    }

    fn languages(&self) -> Vec<String> {
        vec!["de".to_owned(), "en".to_owned()]
    }

    fn show_main(&self, view: View, query: &str) {
        self.note(format!("show {view:?} {query}"));
    }

    fn hide_launcher(&self) {
        self.note("hide launcher");
    }

    fn quit(&self) {
        self.note("quit");
    }
}

struct Office {
    root: tempfile::TempDir,
    shell: Arc<Noting>,
    desk: Desk,
    called: Mutex<BTreeSet<String>>,
}

const ASTRONOMY: &str = "# Sternwarte\n\n## Öffnungszeiten der Kuppel\n\nDie Kuppel öffnet bei klarem Himmel eine Stunde \
     nach Sonnenuntergang. 😀 Besucher sehen den Saturn und seine Ringe durch das große Fernrohr.\n\n\
     ## Anmeldung von Gruppen\n\nGruppen melden sich zwei Wochen vorher an und bringen warme Kleidung mit.\n";

impl Office {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let home = root.path().join("home");
        for (name, golden) in [("letztes", "xlm_roberta"), ("erstes", "bert"), ("zweites", "qwen3")]
        {
            install(&home.join("models").join(name), name, golden);
        }
        let notes = root.path().join("notizen");
        fs::create_dir_all(&notes).unwrap();
        fs::write(notes.join("sternwarte.md"), ASTRONOMY).unwrap();
        fs::write(notes.join("leer.pdf"), "%PDF-1.7 nothing").unwrap();
        for number in 0..14 {
            let text = format!(
                "# Kapitel {number} über Garten\n\nIm Beet {number} wachsen Bohnen und Erbsen, die jede Woche \
                 gegossen werden, wenn es nicht regnet.\n"
            );
            fs::write(notes.join(format!("{number}.md")), text).unwrap();
        }
        let shell = Arc::new(Noting::default());
        let home = Home::at(home);
        let options = Options { program: Some(program()), ..Options::default() };
        let models = Models::discover(&home);
        let desk = Desk::new(home, models, Arc::clone(&shell) as _, options).unwrap();
        desk.open().unwrap();
        Self { root, shell, desk, called: Mutex::default() }
    }

    fn notes(&self) -> PathBuf {
        self.root.path().join("notizen")
    }

    fn ask(&self, name: &str, takes: Value) -> Result<Value, Value> {
        self.called.lock().unwrap().insert(name.to_owned());
        dispatch(&self.desk, name, takes).map_err(|problem| json!(problem))
    }

    fn call(&self, name: &str, takes: Value) -> Value {
        self.ask(name, takes.clone()).unwrap_or_else(|problem| panic!("{name} {takes}: {problem}"))
    }

    fn refused(&self, name: &str, takes: Value, code: &str) {
        let problem = self.ask(name, takes.clone()).expect_err(name);
        assert_eq!(problem["code"], code, "{name} {takes}: {problem}");
        assert!(!problem["message"].as_str().unwrap().is_empty());
    }

    fn offer(&self, kind: &str, path: PathBuf) -> u64 {
        *self.shell.chosen.lock().unwrap() = Some(path.clone());
        let offer = self.call("choose", json!(kind));
        assert_eq!(offer["path"], path.display().to_string());
        offer["id"].as_u64().unwrap()
    }

    fn until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !is_so(self) {
            assert!(began.elapsed() < Duration::from_secs(60), "waited in vain for {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn until_done(&self) {
        self.until("everything to be read", |office| {
            let view = office.call("library", Value::Null);
            let counts = &view["progress"]["counts"];
            view["progress"]["doing"] == "nothing" && counts["meaning"] == 15
        });
    }

    fn search(&self, asked: Asked) -> Vec<SearchNews> {
        self.search_by(asked, Pipeline::Meaning)
    }

    fn search_by(&self, asked: Asked, pipeline: Pipeline) -> Vec<SearchNews> {
        let request = SearchRequest {
            asked,
            limit: 20,
            pipeline,
            grouped: true,
            topics: true,
            languages: vec!["de".to_owned()],
            minutes_east: 60,
        };
        let mut news = Vec::new();
        let number = self.desk.begin_search();
        self.desk.search(number, "main", &request, &mut |one| news.push(one));
        news
    }

    fn model(&self, name: &str) -> Value {
        let view = self.call("models", Value::Null);
        let models = view["models"].as_array().unwrap();
        models.iter().find(|model| model["name"] == name).cloned().unwrap_or_default()
    }
}

#[test]
fn every_command_does_what_it_says() {
    let office = Office::new();
    a_folder_is_added_and_searched(&office);
    the_best_are_read_again(&office);
    a_document_is_shown_and_opened(&office);
    files_are_listed_with_their_reasons(&office);
    searches_are_remembered(&office);
    the_library_is_mapped(&office);
    models_are_switched_compared_and_carried(&office);
    a_model_is_fetched_with_a_pause(&office);
    what_is_set_stays(&office);
    the_shell_is_asked(&office);
    everything_is_erased(&office);
    office.refused("no_such_command", Value::Null, "malformed");
    office.refused("preview", json!({ "document": "seven" }), "malformed");
    let called = office.called.lock().unwrap();
    let missed: Vec<_> = COMMANDS.iter().filter(|name| !called.contains(**name)).collect();
    assert!(missed.is_empty(), "never called: {missed:?}");
    office.desk.close();
    drop(called);
    office.refused("library", Value::Null, "internal");
}

fn a_folder_is_added_and_searched(office: &Office) {
    assert_eq!(office.call("choose", json!("folder")), Value::Null);
    office.refused("add_folder", json!({ "offer": 77, "rules": rules() }), "gone");
    let offer = office.offer("folder", office.notes());
    office.call("add_folder", json!({ "offer": offer, "rules": rules() }));
    office.until_done();
    let view = office.call("library", Value::Null);
    assert_eq!(view["folders"][0]["path"], office.notes().display().to_string());
    assert_eq!(view["folders"][0]["searchable"], 15);
    assert_eq!(view["answering"], "erstes");
    assert_eq!(view["progress"]["secondsLeft"], Value::Null);
    assert!(office.shell.was_told(|event| matches!(event, HostEvent::Searchable)));
    let news = office.search(Asked::Text { text: "kuppel".to_owned() });
    assert_eq!(stages(&news), ["words", "meaning", "topics", "done"]);
    let SearchNews::Answer { answer } = &news[0] else { panic!() };
    assert_eq!(answer.hits[0].files[0].name, "sternwarte.md");
    let passage = &answer.hits[0].passages[0];
    let units: Vec<u16> = passage.excerpt.encode_utf16().collect();
    let marked = passage
        .highlights
        .iter()
        .map(|[start, end]| String::from_utf16(&units[*start as usize..*end as usize]).unwrap());
    assert!(marked.clone().all(|word| word == "Kuppel") && marked.count() > 0, "{passage:?}");
    let document = answer.hits[0].document.unwrap();
    let like = office.search(Asked::Document { document });
    assert!(matches!(like.last(), Some(SearchNews::Done)), "{like:?}");
    let within =
        office.search(Asked::Within { text: "kuppel".to_owned(), documents: vec![document] });
    let SearchNews::Answer { answer } = &within[1] else { panic!("{within:?}") };
    assert_eq!(answer.hits.len(), 1);
    // One that is stopped before it begins says so.
    let number = office.desk.begin_search();
    office.desk.stop_search(number);
    let request = SearchRequest {
        asked: Asked::Text { text: "saturn".to_owned() },
        limit: 5,
        pipeline: Pipeline::Words,
        grouped: false,
        topics: false,
        languages: Vec::new(),
        minutes_east: 0,
    };
    let mut last = None;
    office.desk.search(number, "main", &request, &mut |news| last = Some(news));
    let Some(SearchNews::Failed { problem }) = last else { panic!("{last:?}") };
    assert_eq!(json!(problem.code), "cancelled");
}

fn stages(news: &[SearchNews]) -> Vec<&'static str> {
    let stage = |news: &SearchNews| match news {
        SearchNews::Answer { answer } => match answer.stage {
            Pipeline::Words => "words",
            Pipeline::Meaning => "meaning",
            Pipeline::Reranked => "reranked",
        },
        SearchNews::Topics { .. } => "topics",
        SearchNews::NotReranked { .. } => "not reranked",
        SearchNews::Done => "done",
        SearchNews::Failed { .. } => "failed",
    };
    news.iter().map(stage).collect()
}

fn the_best_are_read_again(office: &Office) {
    let ask = || office.search_by(Asked::Text { text: "bohnen".to_owned() }, Pipeline::Reranked);
    let reranker = || office.call("settings", Value::Null)["reranker"].clone();
    // Without a reranker meaning is all there is.
    assert_eq!(reranker(), Value::Null);
    assert_eq!(stages(&ask()), ["words", "meaning", "topics", "done"]);
    let made = copy("qwen3");
    make_reranker(&made);
    let folder = office.root.path().join("home/models/leser");
    fs::create_dir_all(&folder).unwrap();
    for entry in fs::read_dir(made.path()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
    }
    assert!(reranker().is_string());
    // What is found without it is shown meanwhile.
    let news = ask();
    assert_eq!(stages(&news), ["words", "meaning", "topics", "reranked", "done"]);
    let SearchNews::Answer { answer } = &news[3] else { panic!() };
    let again: Vec<bool> = answer.hits.iter().map(|hit| hit.why.reranked).collect();
    // What is not reached in time stays behind what is.
    assert!(again[0] && again.is_sorted_by(|one, other| one >= other), "{again:?}");
    // A question that the reranker cannot read leaves the answer as it is.
    let long = "bohnen ".repeat(400);
    let news = office.search_by(Asked::Text { text: long }, Pipeline::Reranked);
    assert_eq!(stages(&news).last(), Some(&"done"), "{news:?}");
    assert!(stages(&news).contains(&"not reranked"), "{:?}", stages(&news));
    fs::remove_dir_all(folder).unwrap();
    assert_eq!(stages(&ask()), ["words", "meaning", "topics", "done"]);
}

fn rules() -> Value {
    json!({ "only": [], "except": [" *.tmp ", ""], "hidden": false, "gitIgnore": true })
}

fn hit(office: &Office, text: &str) -> kenning_wire::Hit {
    let news = office.search(Asked::Text { text: text.to_owned() });
    let SearchNews::Answer { answer } = &news[0] else { panic!("{news:?}") };
    answer.hits[0].clone()
}

fn a_document_is_shown_and_opened(office: &Office) {
    let hit = hit(office, "saturn ringe");
    let from = json!({ "at": "passage", "passage": hit.passages[0].id });
    let asked = json!({ "document": hit.document, "from": from, "query": "saturn" });
    let preview = office.call("preview", asked);
    let text: Vec<u16> = preview["text"].as_str().unwrap().encode_utf16().collect();
    let stretch = |range: &Value| {
        let at = |end: usize| range[end].as_u64().unwrap() as usize;
        String::from_utf16(&text[at(0)..at(1)]).unwrap()
    };
    assert_eq!(stretch(&preview["matches"][0]), "Saturn");
    assert!(stretch(&preview["passage"]).contains("Fernrohr"));
    assert_eq!((&preview["part"], &preview["parts"]), (&json!(0), &json!(1)));
    let heads: Vec<String> = preview["headings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|head| stretch(&head["range"]))
        .collect();
    assert!(heads.iter().any(|head| head.contains("Sternwarte")), "{heads:?}");
    let start = json!({ "document": hit.document, "from": { "at": "start" }, "query": "" });
    assert_eq!(office.call("preview", start)["matches"], json!([]));
    let gone = json!({ "document": 999_999, "from": { "at": "start" }, "query": "" });
    office.refused("preview", gone, "gone");
    let path = office.notes().join("sternwarte.md");
    let file = json!(hit.files[0].id);
    assert_eq!(office.call("file_path", file.clone()), path.display().to_string());
    office.call("open_file", file.clone());
    office.refused("reveal_file", file, "open");
    let asked = office.shell.noted();
    let expected = [format!("open {}", path.display()), format!("reveal {}", path.display())];
    assert_eq!(asked, expected);
    for unknown in [0, -1, 999_999] {
        office.refused("open_file", json!(unknown), "gone");
        office.refused("file_path", json!(unknown), "gone");
    }
    assert!(office.shell.noted().is_empty());
}

fn the_library_is_mapped(office: &Office) {
    // The same text in other bytes.
    let text = fs::read_to_string(office.notes().join("7.md")).unwrap();
    fs::write(office.notes().join("7-anders.md"), format!("{text}\n")).unwrap();
    office.until("the copy", |office| {
        office.call("library", Value::Null)["progress"]["counts"]["meaning"] == 16
    });
    // Another asks for it while it is made.
    let first = office.call("map", Value::Null);
    assert_eq!(office.call("peculiar", Value::Null)["twins"], json!([]));
    assert!(first["making"].is_number(), "{first}");
    office.until("the map", |office| {
        office.shell.was_told(|event| matches!(event, HostEvent::MapChanged))
    });
    assert!(office.shell.was_told(|event| matches!(event, HostEvent::Mapping { .. })));
    let map = office.call("map", Value::Null);
    assert_eq!((&map["making"], &map["isOld"]), (&Value::Null, &json!(false)));
    for column in ["documents", "titles", "x", "y", "language", "topic"] {
        assert_eq!(map[column].as_array().unwrap().len(), 16, "{column}");
    }
    assert!(map["titles"].as_array().unwrap().contains(&json!("Sternwarte")));
    assert_eq!(map["languages"], json!(["de"]));
    let peculiar = office.call("peculiar", Value::Null);
    assert_eq!(peculiar["making"], Value::Null);
    // The tiny network calls much alike; what has the same text is so whatever it says.
    let names = |twins: &Value| -> Vec<String> {
        let documents = twins["documents"].as_array().unwrap().iter();
        documents.map(|one| one["files"][0]["name"].as_str().unwrap().to_owned()).collect()
    };
    let groups: Vec<Vec<String>> =
        peculiar["twins"].as_array().unwrap().iter().map(names).collect();
    let has = |group: &&Vec<String>, name: &str| group.iter().any(|own| own == name);
    let group = groups.iter().find(|group| has(group, "7-anders.md"));
    assert!(group.is_some_and(|group| has(&group, "7.md")), "{groups:?}");
    fs::remove_file(office.notes().join("7-anders.md")).unwrap();
    office.until_done();
}

fn files_are_listed_with_their_reasons(office: &Office) {
    let asked = |states: Value, text: &str| json!({ "states": states, "folder": null, "reason": null, "text": text, "skip": 0, "limit": 5 });
    let all = office.call("files", asked(json!([]), ""));
    assert_eq!((all["rows"].as_array().unwrap().len(), &all["more"]), (5, &json!(true)));
    let broken = office.call("files", asked(json!(["skipped", "failed"]), "leer"));
    let row = &broken["rows"][0];
    assert_eq!(row["file"]["name"], "leer.pdf");
    assert!(!row["why"].as_str().unwrap().is_empty(), "{row}");
    assert_eq!(broken["reasons"][0]["reason"], row["reason"]);
    let again = json!({ "what": "file", "file": row["file"]["id"] });
    assert_eq!(office.call("read_again", again), 1);
    let folder = office.call("library", Value::Null)["folders"][0]["id"].clone();
    let changed = json!({ "only": ["*.md"], "except": [], "hidden": false, "gitIgnore": true });
    office.call("set_rules", json!({ "folder": folder, "rules": changed }));
    office.until("the rules to leave a file out", |office| {
        office.call("library", Value::Null)["progress"]["counts"]["leftOut"] == 1
    });
    assert_eq!(office.call("library", Value::Null)["folders"][0]["rules"]["only"], json!(["*.md"]));
    assert_eq!(office.call("read_again", json!({ "what": "folder", "folder": folder })), 15);
    office.call("pause", Value::Null);
    office.until("the pause", |office| {
        office.call("library", Value::Null)["progress"]["doing"] == "paused"
    });
    office.call("resume", Value::Null);
    office.until_done();
    the_work_rests_on_battery(office);
    office.refused("remove_folder", json!(4711), "gone");
}

fn the_work_rests_on_battery(office: &Office) {
    let doing = |wanted: &'static str| {
        office.until(wanted, |office| {
            office.call("library", Value::Null)["progress"]["doing"] == wanted
        });
    };
    assert_eq!(office.call("settings", Value::Null)["hasBattery"], false);
    let write = |name: &str| {
        let text = format!("# Akku\n\nGeschrieben im Zug ohne Steckdose, als {name}.\n");
        fs::write(office.notes().join(name), text).unwrap();
    };
    office.desk.power_is(Some(true)).unwrap();
    assert_eq!(office.call("settings", Value::Null)["hasBattery"], true);
    write("erst.md");
    doing("onBattery");
    // Whoever wants it to go on has it go on, until the machine is on battery anew.
    office.call("resume", Value::Null);
    office.until("the new file to be read", |office| {
        let view = office.call("library", Value::Null);
        view["progress"]["doing"] == "nothing" && view["progress"]["counts"]["meaning"] == 16
    });
    office.desk.power_is(Some(false)).unwrap();
    office.desk.power_is(Some(true)).unwrap();
    write("dann.md");
    doing("onBattery");
    // What the user pauses stays so when there is current again.
    office.call("pause", Value::Null);
    office.desk.power_is(Some(false)).unwrap();
    doing("paused");
    office.desk.power_is(Some(true)).unwrap();
    doing("paused");
    office.call("resume", Value::Null);
    doing("nothing");
    office.desk.power_is(Some(false)).unwrap();
    office.desk.power_is(Some(true)).unwrap();
    write("zuletzt.md");
    doing("onBattery");
    let mut settings = office.call("settings", Value::Null)["settings"].clone();
    settings["pauseOnBattery"] = json!(false);
    office.call("change_settings", settings);
    doing("nothing");
    office.desk.power_is(None).unwrap();
    for name in ["erst.md", "dann.md", "zuletzt.md"] {
        fs::remove_file(office.notes().join(name)).unwrap();
    }
    office.until_done();
}

fn searches_are_remembered(office: &Office) {
    for text in ["saturn", "  ", "bohnen", "saturn"] {
        office.call("remember_search", json!({ "text": text, "saved": text == "bohnen" }));
    }
    let texts = |told: &Value| -> Vec<String> {
        let told = told.as_array().unwrap().iter();
        told.map(|one| one["text"].as_str().unwrap().to_owned()).collect()
    };
    let known = office.call("remembered_searches", Value::Null);
    assert_eq!(texts(&known), ["saturn", "bohnen"]);
    assert_eq!(known[1]["saved"], true);
    assert_eq!(texts(&office.call("forget_search", json!("saturn"))), ["bohnen"]);
}

fn models_are_switched_compared_and_carried(office: &Office) {
    assert_eq!(office.model("erstes")["standing"], json!({ "is": "installed" }));
    assert_eq!(office.model("erstes")["readsLibrary"], true);
    assert_eq!(office.model("qwen3-embedding-0.6b")["standing"], json!({ "is": "offered" }));
    let wanted = json!({ "name": "zweites", "keep": null });
    let estimate = office.call("estimate_model", wanted.clone());
    assert!(estimate["passages"].as_u64().unwrap() >= 15, "{estimate}");
    office.call("use_model", wanted);
    let answers = |name: &'static str| {
        move |office: &Office| office.call("models", Value::Null)["answering"] == name
    };
    office.until("the second model to answer", answers("zweites"));
    office.call("undo_model", Value::Null);
    office.until("the first model to answer again", answers("erstes"));
    office.call("pause", Value::Null);
    office.call("use_model", json!({ "name": "letztes", "keep": null }));
    let standing = || {
        let view = office.call("library", Value::Null);
        (view["answering"].clone(), view["switchingTo"].clone())
    };
    assert_eq!(standing(), (json!("erstes"), json!("letztes")));
    office.call("undo_model", Value::Null);
    assert_eq!(standing(), (json!("erstes"), Value::Null));
    office.call("resume", Value::Null);
    office.refused("use_model", json!({ "name": "nicht da", "keep": null }), "model");
    office.refused("estimate_model", json!({ "name": "../erstes", "keep": null }), "malformed");
    let compared = office.call("compare_models", json!({ "one": "erstes", "other": "zweites" }));
    assert!(compared["questions"].as_u64().unwrap() >= 10, "{compared}");
    assert!(office.shell.was_told(|event| matches!(event, HostEvent::Comparing { .. })));
    assert!(office.call("measure_model", json!("erstes")).as_f64().unwrap() > 0.0);
    assert!(office.model("erstes")["tokensPerSecond"].as_f64().unwrap() > 0.0);
    let archive = office.root.path().join("erstes.tar");
    let offer = office.offer("newFile", archive.clone());
    office.call("export_model", json!({ "name": "erstes", "offer": offer }));
    assert!(archive.is_file());
    let offer = office.offer("archive", archive);
    office.refused("import_model", json!(offer), "model");
    office.call("forget_model", json!("zweites"));
    assert_eq!(office.model("zweites"), Value::Null);
}

fn a_model_is_fetched_with_a_pause(office: &Office) {
    let hub = Hub::start();
    hub.add(repository(NAME));
    let mut settings = office.call("settings", Value::Null)["settings"].clone();
    settings["endpoint"] = json!(hub.endpoint());
    settings["fetchLimit"] = json!(4.0);
    office.call("change_settings", settings.clone());
    let wanted = json!({ "name": NAME, "revision": null, "file": null, "called": null });
    office.call("get_model", wanted);
    office.until("the first bytes", |office| {
        office.shell.was_told(
            |event| matches!(event, HostEvent::Fetching { progress } if progress.done > 1_000_000),
        )
    });
    office.call("pause_model", json!(OWN));
    office.until("the pause", |office| office.model(OWN)["standing"]["is"] == "paused");
    settings["fetchLimit"] = Value::Null;
    office.call("change_settings", settings.clone());
    office
        .call("get_model", json!({ "name": OWN, "revision": null, "file": null, "called": null }));
    office.until("the model", |office| office.model(OWN)["standing"]["is"] == "installed");
    assert_eq!(office.call("verify_model", json!(OWN))["isWhole"], true);
    let weights = office.root.path().join("home/models").join(OWN).join("tokenizer.json");
    fs::remove_file(weights).unwrap();
    assert_eq!(office.call("verify_model", json!(OWN))["isWhole"], false);
    office.call("mend_model", json!(OWN));
    office.until("the model to be mended", |office| {
        let verified = office.ask("verify_model", json!(OWN));
        verified.is_ok_and(|verified| verified["isWhole"] == true)
    });
    let missing =
        json!({ "name": "niemand/nichts", "revision": null, "file": null, "called": null });
    office.call("get_model", missing);
    office.until("the failure", |office| {
        office.shell.was_told(|event| matches!(event, HostEvent::FetchFailed { .. }))
    });
    settings["endpoint"] = json!("mirror without a scheme");
    office.refused("change_settings", settings, "malformed");
}

fn what_is_set_stays(office: &Office) {
    let mut view = office.call("settings", Value::Null);
    assert_eq!(view["systemLanguages"], json!(["de", "en"]));
    assert!(view["dataBytes"].as_u64().unwrap() > 0);
    view["settings"]["theme"] = json!("dark");
    view["settings"]["language"] = json!("ar");
    view["settings"]["hotkey"] = json!("Ctrl+C");
    view["settings"]["startAtLogin"] = json!(true);
    view["settings"]["threads"] = json!(1);
    let view = office.call("change_settings", view["settings"].clone());
    assert_eq!(view["hotkeyTrouble"], "it is another program's");
    assert_eq!(office.call("settings", Value::Null)["settings"]["language"], "ar");
    assert_eq!(office.shell.noted(), ["start at login true"]);
    assert!(office.shell.was_told(|event| matches!(event, HostEvent::SettingsChanged { .. })));
    // The library was opened anew for it.
    office.until_done();
    assert_eq!(hit(office, "saturn").files[0].name, "sternwarte.md");
    // No token is there to be taken out, which needs no keyring.
    assert_eq!(office.call("set_token", json!({ "token": "" }))["hasToken"], false);
}

fn the_shell_is_asked(office: &Office) {
    office.call("show_main", json!({ "view": "models", "query": "" }));
    office.call("hide_launcher", Value::Null);
    office.call("quit", Value::Null);
    assert_eq!(office.shell.noted(), ["show Models ", "hide launcher", "quit"]);
}

fn everything_is_erased(office: &Office) {
    let file = office.root.path().join("kenning.json");
    let offer = office.offer("newFile", file.clone());
    office.call("export_data", json!(offer));
    let told: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    assert_eq!(told["folders"], json!([office.notes()]));
    assert_eq!(told["searches"][0]["text"], "bohnen");
    let folder = office.call("library", Value::Null)["folders"][0]["id"].clone();
    office.call("remove_folder", folder);
    office.call("erase_data", Value::Null);
    let view = office.call("library", Value::Null);
    assert_eq!((&view["folders"], &view["progress"]["counts"]["all"]), (&json!([]), &json!(0)));
    assert_eq!(office.call("remembered_searches", Value::Null), json!([]));
    assert_eq!(office.call("settings", Value::Null)["settings"]["theme"], "system");
    // The user's own files stay, and so do models.
    assert!(office.notes().join("sternwarte.md").is_file());
    assert_eq!(office.model("erstes")["standing"]["is"], "installed");
}
