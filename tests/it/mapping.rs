//! The map of a library in three languages, made with the built-in model: what is about one thing lies together
//! whatever its language, what says the same is found, and what is like nothing else.

use std::fs;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use kenning_domain::{ContentId, Tag};
use kenning_engine::{
    Atlas, Home, Library, Mapped, Mapper, Mapping, Models, Options, Rest, Rules, Similar,
};

use crate::library::stage::program;
use crate::staging::target;

/// Themes, and of each what is said of it in English, German and French.
const THEMES: [(&str, &[[&str; 3]]); 3] = [
    (
        "bread",
        &[
            [
                "Feed the sourdough starter the evening before and leave it in a warm place until it bubbles.",
                "Den Sauerteig am Vorabend füttern und an einem warmen Ort stehen lassen, bis er Blasen wirft.",
                "Nourrir le levain la veille au soir et le laisser dans un endroit chaud jusqu'à ce qu'il fasse des bulles.",
            ],
            [
                "Knead the dough for ten minutes until it is smooth and no longer sticks to the bowl.",
                "Den Teig zehn Minuten kneten, bis er glatt ist und nicht mehr an der Schüssel klebt.",
                "Pétrir la pâte pendant dix minutes jusqu'à ce qu'elle soit lisse et ne colle plus au bol.",
            ],
            [
                "Bake the loaf in a hot oven with some steam and let it cool on a rack before slicing it.",
                "Das Brot im heißen Ofen mit etwas Dampf backen und vor dem Schneiden auf einem Gitter abkühlen lassen.",
                "Cuire le pain dans un four chaud avec un peu de vapeur et le laisser refroidir sur une grille avant de le trancher.",
            ],
            [
                "Rye flour takes up more water than wheat flour, so the dough stays soft and sticky.",
                "Roggenmehl nimmt mehr Wasser auf als Weizenmehl, deshalb bleibt der Teig weich und klebrig.",
                "La farine de seigle absorbe plus d'eau que la farine de blé, la pâte reste donc molle et collante.",
            ],
            [
                "Salt slows the yeast down and gives the crust its taste; two percent of the flour is enough.",
                "Salz bremst die Hefe und gibt der Kruste ihren Geschmack; zwei Prozent des Mehls reichen.",
                "Le sel ralentit la levure et donne son goût à la croûte ; deux pour cent de la farine suffisent.",
            ],
        ],
    ),
    (
        "bicycle",
        &[
            [
                "Take the tube out of the tyre, find the hole under water and glue a patch on it.",
                "Den Schlauch aus dem Reifen nehmen, das Loch unter Wasser suchen und einen Flicken darauf kleben.",
                "Sortir la chambre à air du pneu, chercher le trou sous l'eau et coller une rustine dessus.",
            ],
            [
                "Clean the chain of the bicycle with a brush and put a drop of oil on every link.",
                "Die Kette des Fahrrads mit einer Bürste reinigen und auf jedes Glied einen Tropfen Öl geben.",
                "Nettoyer la chaîne du vélo avec une brosse et mettre une goutte d'huile sur chaque maillon.",
            ],
            [
                "If the brakes squeal, the pads touch the rim at the wrong angle and must be turned a little.",
                "Wenn die Bremsen quietschen, berühren die Beläge die Felge im falschen Winkel und müssen etwas gedreht werden.",
                "Si les freins grincent, les patins touchent la jante sous un mauvais angle et il faut les tourner un peu.",
            ],
            [
                "The saddle is high enough when the knee stays slightly bent at the lowest point of the pedal.",
                "Der Sattel ist hoch genug, wenn das Knie am tiefsten Punkt des Pedals leicht gebeugt bleibt.",
                "La selle est assez haute quand le genou reste légèrement plié au point le plus bas de la pédale.",
            ],
            [
                "A wheel that wobbles is made true by tightening the spokes on one side and loosening the other.",
                "Ein Laufrad, das eiert, wird zentriert, indem man die Speichen auf einer Seite spannt und auf der anderen löst.",
                "Une roue voilée se redresse en serrant les rayons d'un côté et en les desserrant de l'autre.",
            ],
        ],
    ),
    (
        "bees",
        &[
            [
                "In spring the beekeeper opens the hive and looks whether the queen has laid eggs.",
                "Im Frühling öffnet die Imkerin den Stock und sieht nach, ob die Königin Eier gelegt hat.",
                "Au printemps, l'apicultrice ouvre la ruche et regarde si la reine a pondu des œufs.",
            ],
            [
                "Smoke calms the bees, because they fill themselves with honey and forget to sting.",
                "Rauch beruhigt die Bienen, weil sie sich mit Honig füllen und das Stechen vergessen.",
                "La fumée calme les abeilles, car elles se gorgent de miel et oublient de piquer.",
            ],
            [
                "A swarm hangs in a tree for some hours while its scouts look for a new home.",
                "Ein Schwarm hängt einige Stunden in einem Baum, während seine Kundschafterinnen ein neues Zuhause suchen.",
                "Un essaim pend quelques heures à un arbre pendant que ses éclaireuses cherchent un nouveau logis.",
            ],
            [
                "The honey is ripe when the bees have closed most of the cells with wax.",
                "Der Honig ist reif, wenn die Bienen die meisten Zellen mit Wachs verschlossen haben.",
                "Le miel est mûr quand les abeilles ont fermé la plupart des alvéoles avec de la cire.",
            ],
            [
                "Mites weaken the colony; it is treated after the last honey has been taken.",
                "Milben schwächen das Volk; es wird behandelt, nachdem der letzte Honig geerntet ist.",
                "Les varroas affaiblissent la colonie ; on la traite après la dernière récolte de miel.",
            ],
        ],
    ),
];
const LANGUAGES: [&str; 3] = ["en", "de", "fr"];
const ODD: &str = "Dear tenants, the lift will be out of service on Thursday because the electricity meter in the basement \
                   is being replaced. Please take the stairs.";

/// A home with the built-in model, and a library of these texts.
struct Shelf {
    root: tempfile::TempDir,
}

impl Shelf {
    fn new() -> Self {
        let root = tempfile::tempdir_in(target()).unwrap();
        let model = root.path().join("home/models/multilingual-e5-small");
        fs::create_dir_all(&model).unwrap();
        for entry in fs::read_dir(target().join("models/multilingual-e5-small")).unwrap() {
            let entry = entry.unwrap();
            fs::hard_link(entry.path(), model.join(entry.file_name())).unwrap();
        }
        let shelf = Self { root };
        fs::create_dir_all(shelf.texts()).unwrap();
        for (theme, facets) in THEMES {
            for (number, facet) in facets.iter().enumerate() {
                for (language, text) in LANGUAGES.iter().zip(facet) {
                    shelf.write(&format!("{theme}-{number}-{language}.txt"), text);
                }
            }
        }
        shelf.write("lift.txt", ODD);
        // The same text in other bytes.
        shelf.write("lift-again.txt", &format!("{ODD}\n\n"));
        shelf
    }

    fn texts(&self) -> std::path::PathBuf {
        self.root.path().join("texts")
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.texts().join(name), text).unwrap();
    }

    fn open(&self) -> Library {
        let home = Home::at(self.root.path().join("home"));
        let models = Models::discover(&home);
        let options = Options { program: Some(program()), ..Options::default() };
        Library::open(&home, &models, options).unwrap()
    }

    fn mapper(&self) -> (Mapper, Receiver<Mapping>) {
        let (sender, told) = channel();
        let home = Home::at(self.root.path().join("home"));
        let mapper = Mapper::new(home.data(), true, move |mapping| {
            // Who has seen enough hears no more.
            let _ = sender.send(mapping);
        });
        (mapper, told)
    }
}

fn look(mapper: &Mapper, library: &Library) -> Mapped {
    mapper.look(library.searcher().unwrap(), &[Tag::new("de").unwrap()]).unwrap()
}

fn until_changed(told: &Receiver<Mapping>) {
    while told.recv_timeout(Duration::from_secs(60)).unwrap() != Mapping::Changed {}
}

/// What its file is called, up to the language.
fn name_of(library: &Library, content: ContentId) -> String {
    let snapshot = library.searcher().unwrap().snapshot();
    let catalogue = snapshot.catalogue.read().unwrap();
    let path = &catalogue.content(content).unwrap().files[0].path;
    Path::new(&**path).file_stem().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn a_library_in_three_languages_is_mapped_by_what_it_says() {
    let shelf = Shelf::new();
    let library = shelf.open();
    library.add_folder(&shelf.texts(), Rules::default()).unwrap();
    assert_eq!(library.wait_until_idle(), Rest::Done);
    let (mapper, told) = shelf.mapper();
    let first = look(&mapper, &library);
    assert_eq!((first.drawn, first.making), (None, Some(0.0)));
    until_changed(&told);
    let mapped = look(&mapper, &library);
    assert_eq!(mapped.making, None);
    let atlas = mapped.drawn.unwrap();
    themes_lie_together(&library, &atlas);
    topics_are_named(&atlas);
    what_says_the_same_is_found(&library, &atlas);
    drop(mapper);

    // It is there after a restart, and only what changed makes another.
    let (mapper, told) = shelf.mapper();
    let again = look(&mapper, &library);
    assert_eq!((again.drawn.as_deref(), again.making), (Some(&*atlas), None));
    shelf.write(
        "bees-9-en.txt",
        "Lavender and clover in bloom give the bees nectar for pale honey.",
    );
    library.look_again().unwrap();
    assert_eq!(library.wait_until_idle(), Rest::Done);
    let old = look(&mapper, &library);
    assert_eq!((old.drawn.as_deref(), old.making), (Some(&*atlas), Some(0.0)));
    until_changed(&told);
    let newer = look(&mapper, &library).drawn.unwrap();
    assert_eq!(newer.documents.len(), atlas.documents.len() + 1);
    library.stop();
}

fn themes_lie_together(library: &Library, atlas: &Atlas) {
    let theme = |content| name_of(library, content).split('-').next().unwrap().to_owned();
    let documents: Vec<_> =
        atlas.documents.iter().filter(|own| theme(own.content) != "lift").collect();
    let is_among_its_own = |own: &&&kenning_engine::Placed| {
        let mut others: Vec<_> =
            documents.iter().filter(|other| other.content != own.content).collect();
        let far = |at: [f32; 2]| (at[0] - own.at[0]).hypot(at[1] - own.at[1]);
        others.sort_by(|a, b| far(a.at).total_cmp(&far(b.at)));
        let near = others.iter().take(5);
        near.filter(|other| theme(other.content) == theme(own.content)).count() >= 4
    };
    let together = documents.iter().filter(is_among_its_own).count();
    assert_eq!(documents.len(), 45);
    assert!(together >= 42, "{together} of 45 lie among their own");
}

fn topics_are_named(atlas: &Atlas) {
    let outer: Vec<_> = atlas.topics.iter().filter(|topic| topic.parent.is_none()).collect();
    assert!((3..=6).contains(&outer.len()), "{outer:?}");
    let named = outer.iter().filter(|topic| !topic.name.is_empty()).count();
    assert!(named >= 3, "{outer:?}");
    let words: Vec<String> =
        outer.iter().flat_map(|topic| &topic.name).map(|word| word.to_lowercase()).collect();
    // Languages lie together, so a name is in the user's where it can be.
    let german = ["teig", "bienen", "honig", "kruste", "speichen", "fahrrad"];
    assert!(german.iter().any(|word| words.iter().any(|own| own == word)), "{words:?}");
}

fn what_says_the_same_is_found(library: &Library, atlas: &Atlas) {
    let copies: Vec<_> = atlas.twins.iter().filter(|twins| twins.how == Similar::Copy).collect();
    assert_eq!(copies.len(), 1);
    let mut names: Vec<String> =
        copies[0].documents.iter().map(|content| name_of(library, *content)).collect();
    names.sort();
    assert_eq!(names, ["lift", "lift-again"]);
    let facet = |content| {
        let name = name_of(library, content);
        name.rsplit_once('-').unwrap().0.to_owned()
    };
    let translations: Vec<_> =
        atlas.twins.iter().filter(|twins| twins.how == Similar::Translation).collect();
    let right = translations.iter().filter(|twins| {
        twins.documents.iter().all(|content| facet(*content) == facet(twins.documents[0]))
    });
    let right = right.count();
    assert_eq!(right, translations.len(), "documents are called translations that are none");
    assert!(right >= 8, "{right} of 15 are found in more than one language");
}
