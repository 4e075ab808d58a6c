//! The real window on a real library, driven as a person would: WebKit's own driver on a screen in memory.

mod driver;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::cli::{PROGRAM, WINDOW};
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
    fn new() -> Self {
        let desk = Self { root: tempfile::tempdir().unwrap() };
        let notes = desk.root.path().join("notes");
        fs::create_dir_all(&notes).unwrap();
        for (name, text) in NOTES {
            fs::write(notes.join(name), text).unwrap();
        }
        desk.run(&["add", notes.to_str().unwrap()]);
        desk.run(&["index"]);
        desk
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
fn a_newcomer_finds_a_document_in_another_language_opens_it_and_finds_everything_kept() {
    if !can_drive() {
        return;
    }
    let desk = Desk::new();
    let driver = Driver::start(desk.root.path(), &desk.home(), &desk.opener());
    let window = driver.open(&WINDOW);
    the_first_steps_can_be_skipped(&window);
    a_question_finds_an_answer_in_another_language(&window);
    what_is_hostile_is_only_text(&window);
    let file = desk.root.path().join("notes/fahrrad.md");
    a_document_is_opened(&window, &desk.opened(), &file);
    the_language_and_the_theme_change(&window);
    nothing_of_the_system_is_reached(&window);
    window.quit(&WINDOW);
    // Everything is kept.
    let window = driver.open(&WINDOW);
    window.wait(
        "the search field",
        "return !!document.querySelector('input[type=search], .field input')",
    );
    let kept = "return [document.documentElement.lang, document.documentElement.dir, \
                document.querySelector('[data-welcome]') === null]";
    assert_eq!(window.run(kept), serde_json::json!(["ar", "rtl", true]));
    window.quit(&WINDOW);
}

fn the_first_steps_can_be_skipped(window: &Session) {
    window.wait("the first steps", "return !!document.querySelector('[data-welcome]')");
    window.run("document.querySelector('[data-welcome] footer .buttons button').click()");
    window.wait(
        "the search field",
        "return !!document.querySelector('input[type=search], .field input')",
    );
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
    let until = std::time::Instant::now() + Duration::from_secs(20);
    while !opened.exists() && std::time::Instant::now() < until {
        std::thread::sleep(Duration::from_millis(50));
    }
    let opened = fs::read_to_string(opened).unwrap_or_default();
    assert_eq!(opened.trim(), file.to_str().unwrap());
}

fn the_language_and_the_theme_change(window: &Session) {
    window.run("[...document.querySelectorAll('nav button')].at(-2)?.click(); [...document.querySelectorAll('nav button')].find(b => /Settings/.test(b.title))?.click()");
    window.wait("the settings", "return !!document.querySelector('select[id$=-language]')");
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
