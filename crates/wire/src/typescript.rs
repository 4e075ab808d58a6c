//! The TypeScript of the contract, as one file.

use std::fmt::Write as _;

use ts_rs::{Config, TS};

/// Every type that crosses the wire.
macro_rules! declarations {
    ($config:expr, $($kind:ty),* $(,)?) => { [$((<$kind as TS>::docs(), <$kind as TS>::decl($config))),*] };
}

/// What `ui/src/wire/index.ts` holds.
pub fn file() -> String {
    use crate::*;
    let config = Config::new().with_large_int("number");
    let declarations = declarations!(
        &config,
        Problem,
        ProblemCode,
        SearchRequest,
        Asked,
        Pipeline,
        SearchNews,
        Answer,
        Verdict,
        Coverage,
        Hit,
        FileRef,
        Unread,
        Passage,
        Why,
        Shares,
        Band,
        Other,
        Likeness,
        Topic,
        PreviewRequest,
        PreviewFrom,
        Preview,
        PageStart,
        HeadingAt,
        Remembered,
        Remember,
        LibraryView,
        WatchedFolder,
        Rules,
        LibraryProgress,
        Doing,
        Counts,
        FileState,
        FilesRequest,
        Files,
        FileRow,
        ReasonCount,
        Offer,
        OfferKind,
        AddFolder,
        SetRules,
        ReadAgain,
        MeaningMap,
        MapTopic,
        Standing,
        Twins,
        Peculiar,
        ModelsView,
        ModelCard,
        ModelTask,
        ModelStanding,
        Fetching,
        FileFetching,
        GetModel,
        UseModel,
        Estimate,
        Verified,
        FileVerified,
        Condition,
        CompareModels,
        Comparison,
        Compared,
        ExportModel,
        Settings,
        ShowMain,
        Trouble,
        Theme,
        SettingsView,
        SetToken,
        HostEvent,
        View,
    );
    let mut text = String::from(
        "// Generated from the crate `kenning-wire` by `cargo xtask bindings`; a test compares the two.\n\n",
    );
    for (docs, declaration) in declarations {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{}export {declaration}\n", docs.unwrap_or_default());
    }
    text.push_str(
        "/** Every command: what it takes and what it gives. */\nexport type Commands = {\n",
    );
    for (name, takes, gives) in signatures(&config) {
        let _ = writeln!(text, "  {name}: {{ takes: {takes}; gives: {gives} }};");
    }
    text.push_str("};\n");
    text
}
