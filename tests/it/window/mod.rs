//! The real window on a real library, driven as a person would: WebKit's own driver on a screen in memory.

mod driver;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use kenning_tests::hub::Hub;

use crate::cli::{PROGRAM, WINDOW};
use crate::getting::{NAME, OWN, WEIGHTS, repository};
use driver::{Driver, Session};

const NOTES: &[(&str, &str)] = &[
    (
        "fahrrad.md",
        "# Einen Platten flicken\n\nDen Schlauch herausnehmen, aufpumpen und ins Wasser halten. Wo Blasen \
         aufsteigen, ist das Loch. Die Stelle aufrauen, Gummilösung auftragen und den Flicken fest andrücken.\n",
    ),
    (
        "bread.md",
        "# Sourdough on Sundays\n\nFeed the starter the evening before. Fold the dough every half hour and bake it \
         in a hot pot with the lid on.\n",
    ),
    (
        "brot.md",
        "# Sauerteig am Sonntag\n\nDen Ansatz am Abend vorher füttern. Den Teig jede halbe Stunde falten und in einem \
         heißen Topf mit Deckel backen.\n",
    ),
    (
        "jardin.md",
        "# Le potager\n\nArroser les tomates le matin, pailler le sol et enlever les gourmands chaque semaine.\n",
    ),
    (
        "fremd.txt",
        "<script>document.title = 'taken'</script>\n\nEin Text, der <img src=x onerror=alert(1)> ein Leuchtturm sein will \
         \u{202e}und rückwärts läuft.\n",
    ),
];

struct Desk {
    root: tempfile::TempDir,
}

impl Desk {
    /// Notes that Kenning knows nothing of.
    fn new() -> Self {
        let desk = Self { root: tempfile::tempdir().unwrap() };
        fs::create_dir_all(desk.notes()).unwrap();
        for (name, text) in NOTES {
            desk.write(name, text);
        }
        desk
    }

    /// The same, watched and searchable, with the first steps taken.
    fn indexed() -> Self {
        let desk = Self::new();
        desk.run(&["add", desk.notes().to_str().unwrap()]);
        desk.run(&["index"]);
        desk
    }

    fn notes(&self) -> PathBuf {
        self.root.path().join("notes")
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.notes().join(name), text).unwrap();
    }

    fn driver(&self) -> Driver {
        Driver::start(self.root.path(), &self.home(), &self.opener())
    }

    fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    fn run(&self, arguments: &[&str]) {
        let run = Command::new(&*PROGRAM).args(arguments).env("KENNING_HOME", self.home()).output();
        let run = run.unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    }

    /// What is opened with the system's program is noted instead.
    fn opener(&self) -> PathBuf {
        let folder = self.root.path().join("bin");
        fs::create_dir_all(&folder).unwrap();
        let program = folder.join("xdg-open");
        let noted = self.opened();
        fs::write(&program, format!("#!/bin/sh\necho \"$1\" >> '{}'\n", noted.display())).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        }
        folder
    }

    fn opened(&self) -> PathBuf {
        self.root.path().join("opened")
    }
}

/// Whether what drives a window is here; it is installed by what runs all tests.
fn can_drive() -> bool {
    let is_there = |program: &str| {
        Command::new("sh").args(["-c", &format!("command -v {program} >/dev/null")]).status()
    };
    let needed = ["xvfb-run", "dbus-run-session", "WebKitWebDriver"];
    let missing = needed.into_iter().filter(|name| !is_there(name).is_ok_and(|s| s.success()));
    let missing: Vec<_> = missing.collect();
    if !missing.is_empty() {
        eprintln!("left out: {missing:?} are not here");
    }
    missing.is_empty()
}

#[test]
fn a_newcomer_adds_a_folder_finds_a_document_in_another_language_and_everything_is_kept() {
    if !can_drive() {
        return;
    }
    let desk = Desk::new();
    let driver = desk.driver();
    let window = driver.open(&WINDOW);
    a_folder_is_added_in_the_first_steps(&driver, &window, &desk.notes());
    a_question_finds_an_answer_in_another_language(&window);
    filters_write_themselves_into_the_question(&window);
    translations_stand_together(&window);
    what_is_hostile_is_only_text(&window);
    a_document_is_opened(&window, &desk.opened(), &desk.notes().join("fahrrad.md"));
    the_map_shows_every_document(&window);
    the_language_and_the_theme_change(&window);
    nothing_of_the_system_is_reached(&window);
    window.quit(&WINDOW);
    // Everything is kept.
    let window = driver.open(&WINDOW);
    window.wait("the search field", "return !!document.querySelector('[data-search-field]')");
    let kept = "const root = document.documentElement; \
                return [root.lang, root.dir, root.dataset.theme, !document.querySelector('[data-welcome]')]";
    assert_eq!(window.run(kept), serde_json::json!(["ar", "rtl", "dark", true]));
    ask(&window, "Leuchtturm");
    window.wait("what was read before", "return !!document.querySelector('.hit')");
    window.quit(&WINDOW);
}

#[test]
fn work_is_paused_and_a_file_that_kills_its_reader_is_named() {
    if !can_drive() {
        return;
    }
    let desk = Desk::indexed();
    let driver = desk.driver();
    let window = driver.open(&WINDOW);
    window.wait("the search field", "return !!document.querySelector('[data-search-field]')");
    assert_eq!(window.run("return !!document.querySelector('[data-welcome]')"), false);
    go(&window, 1);
    for number in 0..300 {
        desk.write(
            &format!("{number}.md"),
            &format!("# Blatt {number}\n\nDie {number}. Seite eines Tagebuchs.\n"),
        );
    }
    const WORK: &str = "[...document.querySelectorAll('section .line > button')].at(0)";
    window.wait("work to be under way", &format!("return !!{WORK}"));
    window.run(&format!("{WORK}.click()"));
    let says = |what: &str| {
        format!("return document.querySelector('section h2').innerText.includes('{what}')")
    };
    window.wait("the pause", &says("Paused"));
    window.run(&format!("{WORK}.click()"));
    window.wait("all to be read", "return /30[45]/.test(document.querySelector('nav .foot').innerText) && !document.querySelector('nav progress')");
    a_reader_is_killed(&desk, &window);
    window.quit(&WINDOW);
}

/// The process that reads a file for the window is killed whenever it has begun with it.
fn a_reader_is_killed(desk: &Desk, window: &Session) {
    let line = "Ein sehr langes Buch, von dem niemand weiß, wer es schrieb. ".repeat(20);
    desk.write("buch.txt", &format!("{line}\n").repeat(24_000));
    let until = Instant::now() + Duration::from_secs(60);
    const WELL_BEGUN: Duration = Duration::from_millis(300);
    const NAMED: &str = "return [...document.querySelectorAll('.row')].map(row => row.innerText)\
                         .find(row => row.includes('buch.txt')) ?? ''";
    let field = window.find(".fields input");
    window.type_into(&field, "buch");
    let mut seen: HashMap<String, Instant> = HashMap::new();
    loop {
        // One that is still being started is another story.
        for worker in driver::workers(&desk.home()) {
            if seen.entry(worker.clone()).or_insert_with(Instant::now).elapsed() > WELL_BEGUN {
                // It may have ended by itself.
                let _ = Command::new("kill").args(["-9", &worker]).status();
            }
        }
        let row = window.run(NAMED);
        let row = row.as_str().unwrap_or_default();
        if row.contains("broke off") {
            break;
        }
        assert!(Instant::now() < until, "the page says of it: {row:?}");
        std::thread::sleep(Duration::from_millis(30));
    }
    // All others are as they were.
    go(window, 0);
    ask(window, "Tagebuch 217");
    window.wait(
        "another file",
        "return /217\\.md/.test(document.querySelector('.hit')?.innerText ?? '')",
    );
}

#[test]
fn a_model_is_fetched_from_a_hub_with_a_pause() {
    if !can_drive() {
        return;
    }
    let hub = Hub::start();
    hub.add(repository(NAME));
    let desk = Desk::indexed();
    desk.run(&["models", "hub", "--endpoint", &hub.endpoint(), "--limit", "2"]);
    let driver = desk.driver();
    let window = driver.open(&WINDOW);
    window.wait("the search field", "return !!document.querySelector('[data-search-field]')");
    go(&window, 3);
    window.wait(
        "the models",
        "return !!document.querySelector('form input[placeholder=\"owner/name\"]')",
    );
    let field = window.find("form input[placeholder=\"owner/name\"]");
    window.type_into(&field, &format!("{NAME}{}", driver::ENTER));
    let done = "Number(document.querySelector('main progress')?.value ?? 0)";
    window.wait("the first bytes", &format!("return {done} > 2e5"));
    window.run("document.querySelector('[data-pause]').click()");
    window.wait("the pause", "return !!document.querySelector('[data-resume]')");
    let kept = window.run(&format!("return {done}"));
    assert!(kept.as_f64().unwrap() > 2e5, "{kept}");
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(window.run(&format!("return {done}")), kept, "it goes on in a pause");
    window.run("document.querySelector('[data-resume]').click()");
    let installed = format!("return !!document.querySelector('[data-use={OWN:?}]')");
    window.wait("the model", &installed);
    assert!(desk.home().join("models").join(OWN).join(WEIGHTS).is_file());
    window.quit(&WINDOW);
}

/// To a view, by its place in the navigation.
fn go(window: &Session, view: usize) {
    window.run(&format!("document.querySelectorAll('nav li button')[{view}].click()"));
}

fn a_folder_is_added_in_the_first_steps(driver: &Driver, window: &Session, folder: &Path) {
    window.wait("the first steps", "return !!document.querySelector('[data-welcome]')");
    window.run("document.querySelector('[data-welcome] .step button.outlined').click()");
    driver.choose(folder);
    let named = format!(
        "return [...document.querySelectorAll('[data-welcome] li')].some(li => li.innerText.includes({:?}))",
        folder.display().to_string()
    );
    window.wait("the folder", &named);
    for step in ["the model", "the last step", "the end"] {
        window.wait(step, "return !!document.querySelector('[data-next]')");
        window.run("document.querySelector('[data-next]').click()");
    }
    window.wait("the search field", "return !!document.querySelector('[data-search-field]')");
    window.wait(
        "all to be read",
        "return !document.querySelector('nav progress') && /5/.test(document.querySelector('nav .foot').innerText)",
    );
}

/// By the menu, and by what is typed.
fn filters_write_themselves_into_the_question(window: &Session) {
    ask(window, "garden");
    window.wait("hits", "return document.querySelectorAll('.hit').length > 1");
    ask(window, "garden lang:fr");
    window.wait(
        "the French document alone",
        "const hits = [...document.querySelectorAll('.hit')]; \
         return hits.length === 1 && hits[0].innerText.includes('jardin.md')",
    );
    ask(window, "garden");
    window.wait("hits", "return document.querySelectorAll('.hit').length > 1");
    window.run("document.querySelectorAll('[role=group] button[aria-expanded]')[2].click()");
    const FRENCH: &str = "[...document.querySelectorAll('[role=group] button[aria-pressed]')]\
                          .find(button => /French/.test(button.innerText))";
    window.wait("the menu", &format!("return !!{FRENCH}"));
    window.run(&format!("{FRENCH}.click()"));
    window.wait(
        "the filter in the question",
        "return document.querySelector('[data-search-field]').value.includes('lang:fr')",
    );
}

fn translations_stand_together(window: &Session) {
    ask(window, "feed the sourdough starter in the evening");
    let stands = |what: &str| {
        format!(
            "const names = [...document.querySelectorAll('.hit')].map(hit => hit.querySelector('.where').innerText); \
             const one = names.some(name => name.includes('bread.md')), other = names.some(name => name.includes('brot.md')); \
             return {what}"
        )
    };
    window.wait("one hit for both", &stands("one !== other"));
    window.run("document.querySelector('.grouped input').click()");
    window.wait("a hit for each", &stands("one && other"));
    window.run("document.querySelector('.grouped input').click()");
    window.wait("one hit for both again", &stands("one !== other"));
}

fn the_map_shows_every_document(window: &Session) {
    go(window, 2);
    window.wait("the map", "return !!document.querySelector('canvas')");
    window.wait("its documents", "return /5/.test(document.querySelector('main').innerText)");
    go(window, 0);
}

const FIRST: &str = "const hit = document.querySelector('.hit'); return hit ? hit.innerText : ''";

fn ask(window: &Session, text: &str) {
    let field = window.find("input");
    window.clear(&field);
    window.type_into(&field, text);
}

fn a_question_finds_an_answer_in_another_language(window: &Session) {
    ask(window, "how to repair a flat bicycle tyre");
    window.wait(
        "the German answer",
        "return /fahrrad\\.md/.test(document.querySelector('.hit')?.innerText ?? '')",
    );
    let first = window.run(FIRST);
    assert!(first.as_str().unwrap().contains("Einen Platten flicken"), "{first}");
    window.wait(
        "its preview",
        "return /Gummilösung/.test(document.querySelector('[data-reading]')?.innerText ?? '')",
    );
}

fn what_is_hostile_is_only_text(window: &Session) {
    ask(window, "Leuchtturm");
    window.wait(
        "the hit",
        "return /Leuchtturm/.test(document.querySelector('.hit')?.innerText ?? '')",
    );
    let found = window.run(
        "return [document.title, document.querySelectorAll('main img, .hit script').length, \
         document.querySelector('.hit').innerText.includes('<script>')]",
    );
    assert_ne!(found[0], "taken");
    assert_eq!((&found[1], &found[2]), (&0.into(), &true.into()), "{found}");
}

fn a_document_is_opened(window: &Session, opened: &Path, file: &Path) {
    ask(window, "Platten flicken");
    window.wait(
        "the answer",
        "return /fahrrad\\.md/.test(document.querySelector('.hit')?.innerText ?? '')",
    );
    let field = window.find("input");
    // Enter leads to the hits, and opens the one it is on.
    window.type_into(&field, driver::ENTER);
    window.wait("the hit's turn", "return !!document.activeElement.closest('.hit')");
    window.type_into(&window.focused(), driver::ENTER);
    let until = Instant::now() + Duration::from_secs(20);
    let read = || fs::read_to_string(opened).unwrap_or_default();
    while read().is_empty() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(50));
    }
    let opened = read();
    assert_eq!(opened.trim(), file.to_str().unwrap());
}

fn the_language_and_the_theme_change(window: &Session) {
    go(window, 4);
    window.wait("the settings", "return !!document.querySelector('select[id$=-language]')");
    let light = window.run("return getComputedStyle(document.body).backgroundColor");
    // System, light, dark.
    window.run("document.querySelectorAll('[role=radiogroup] [role=radio]')[2].click()");
    window.wait("the dark", "return document.documentElement.dataset.theme === 'dark'");
    assert_ne!(window.run("return getComputedStyle(document.body).backgroundColor"), light);
    window.run(
        "const select = document.querySelector('select[id$=-language]'); select.value = 'ar'; \
         select.dispatchEvent(new Event('change', { bubbles: true }))",
    );
    window.wait("Arabic", "return document.documentElement.dir === 'rtl'");
}

/// What the page could do if it were led astray.
fn nothing_of_the_system_is_reached(window: &Session) {
    let refused = |script: &str| {
        let told = window.run_async(script);
        assert!(told.as_str().is_some_and(|told| told.starts_with("refused")), "{script}: {told}");
    };
    refused(
        "fetch('file:///etc/passwd').then(() => done('read'), error => done('refused ' + error))",
    );
    refused(
        "fetch('http://127.0.0.1:9/').then(() => done('sent'), error => done('refused ' + error))",
    );
    let call = |name: &str, takes: &str| {
        format!(
            "window.__TAURI_INTERNALS__.invoke('{name}', {takes}).then(() => done('done'), \
             error => done('refused ' + JSON.stringify(error)))"
        )
    };
    refused(&call("call", "{ name: 'open_file', takes: 4711 }"));
    refused(&call("call", "{ name: 'open_file', takes: '/etc/passwd' }"));
    refused(&call("call", "{ name: 'add_folder', takes: { offer: 1, rules: {} } }"));
    refused(&call("plugin:opener|open_path", "{ path: '/etc/passwd' }"));
    refused(&call("plugin:dialog|open", "{ options: {} }"));
    refused(&call("plugin:window|create", "{ options: { label: 'other' } }"));
    refused(&call("plugin:shell|execute", "{}"));
    let evaluated = window.run_async(
        "try { done(typeof new Function('return 1')()) } catch (error) { done('refused ' + error) }",
    );
    // WebDriver itself may be let through; a script in the page is not.
    let inline = window.run(
        "const script = document.createElement('script'); script.textContent = 'window.taken = 1'; \
         document.body.append(script); return window.taken ?? 'refused'",
    );
    assert_eq!(inline, "refused", "{evaluated}");
}
