//! What a group of RTF is for: text to read, what the document says of itself, or neither.

/// Where the text of a group goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Destination {
    #[default]
    Body,
    /// Text that stands beside the body: footnotes, comments, text boxes.
    Beside,
    /// A bullet or a number before an item.
    Bullet,
    Fonts,
    Styles,
    Information,
    Title,
    Author,
    Created,
    Modified,
    /// Two ways of writing the same, of which the second is the better.
    Twofold,
    Nothing,
}

/// Where a group goes that begins with this word; `None` where the word begins no group. `optional`
/// is whether readers that do not know the word are told to skip the group.
pub fn of(word: &str, optional: bool, outer: Destination) -> Option<Destination> {
    use Destination::{
        Author, Beside, Body, Bullet, Created, Fonts, Information, Modified, Nothing, Styles,
        Title, Twofold,
    };
    if outer == Nothing {
        return Some(Nothing);
    }
    let is_information = outer == Information;
    Some(match word {
        "fonttbl" => Fonts,
        "stylesheet" => Styles,
        "info" => Information,
        "title" if is_information => Title,
        "author" if is_information => Author,
        "creatim" if is_information => Created,
        "revtim" if is_information => Modified,
        "footnote" | "annotation" | "shptxt" | "dptxbxtext" => Beside,
        "listtext" | "pntext" => Bullet,
        "upr" => Twofold,
        "ud" => Body,
        // Drawings and fields are said to be optional, and hold text, as objects do.
        "object" | "shp" | "shpinst" | "do" | "fldrslt" | "field" | "rtf" | "nestcell"
        | "mathPict" => {
            return None;
        }
        "header" | "headerl" | "headerr" | "headerf" | "footer" | "footerl" | "footerr"
        | "footerf" | "pict" | "objdata" | "fldinst" | "colortbl" | "filetbl" | "listtable"
        | "listoverridetable" | "rsidtbl" | "generator" | "themedata" | "colorschememapping"
        | "datastore" | "latentstyles" | "xmlnstbl" | "bkmkstart" | "bkmkend" | "atnid"
        | "atnauthor" | "atnref" | "atntime" | "atndate" | "atnicn" | "shprslt" | "sp"
        | "nonshppict" | "shppict" | "nonesttables" | "tc" | "xe" | "revtbl" | "ftnsep"
        | "ftnsepc" | "ftncn" | "aftnsep" | "aftnsepc" | "aftncn" | "falt" | "panose"
        | "fontemb" | "userprops" | "docvar" | "pgptbl" | "pntxta" | "pntxtb" | "mmathPr" => {
            Nothing
        }
        _ if optional => Nothing,
        _ => return None,
    })
}
