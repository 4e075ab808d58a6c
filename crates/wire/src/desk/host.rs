//! Each command, handed to the part that does it.

use kenning_engine::LibraryError;

use super::Desk;
use crate::contract::Host;
use crate::error::Problem;
use crate::explore::{MeaningMap, Peculiar};
use crate::library::{
    AddFolder, Files, FilesRequest, LibraryView, Offer, OfferKind, ReadAgain, SetRules,
};
use crate::models::{
    CompareModels, Comparison, Estimate, ExportModel, GetModel, ModelsView, UseModel, Verified,
};
use crate::search::{Preview, PreviewRequest, Remember, Remembered};
use crate::settings::{SetToken, Settings, SettingsView, ShowMain};

type Done<T> = Result<T, Problem>;

impl Host for Desk {
    fn preview(&self, request: PreviewRequest) -> Done<Preview> {
        self.previewed(&request)
    }

    fn open_file(&self, file: i64) -> Done<()> {
        self.with_file(file, |path| self.shell.open(path))
    }

    fn reveal_file(&self, file: i64) -> Done<()> {
        self.with_file(file, |path| self.shell.reveal(path))
    }

    fn file_path(&self, file: i64) -> Done<String> {
        Ok(self.path_of(file)?.display().to_string())
    }

    fn remembered_searches(&self, (): ()) -> Done<Vec<Remembered>> {
        self.remembered()
    }

    fn remember_search(&self, search: Remember) -> Done<Vec<Remembered>> {
        self.remember(&search)
    }

    fn forget_search(&self, text: String) -> Done<Vec<Remembered>> {
        self.forget(&text)
    }

    fn library(&self, (): ()) -> Done<LibraryView> {
        self.library_view()
    }

    fn choose(&self, kind: OfferKind) -> Done<Option<Offer>> {
        Ok(self.ask_for(kind))
    }

    fn add_folder(&self, request: AddFolder) -> Done<()> {
        self.add(request)
    }

    fn remove_folder(&self, folder: i64) -> Done<()> {
        self.with(|library| library.remove_folder(kenning_domain::FolderId(folder)))
    }

    fn set_rules(&self, request: SetRules) -> Done<()> {
        self.rule(request)
    }

    fn files(&self, request: FilesRequest) -> Done<Files> {
        self.ledger(&request)
    }

    fn read_again(&self, what: ReadAgain) -> Done<u64> {
        self.read_anew(what)
    }

    fn pause(&self, (): ()) -> Done<()> {
        self.with(kenning_engine::Library::pause)
    }

    fn resume(&self, (): ()) -> Done<()> {
        self.with(kenning_engine::Library::resume)
    }

    fn map(&self, (): ()) -> Done<MeaningMap> {
        self.meaning_map()
    }

    fn peculiar(&self, (): ()) -> Done<Peculiar> {
        self.what_stands_out()
    }

    fn models(&self, (): ()) -> Done<ModelsView> {
        self.models_view()
    }

    fn get_model(&self, wanted: GetModel) -> Done<()> {
        self.get(wanted)
    }

    fn pause_model(&self, name: String) -> Done<()> {
        self.pause_fetching(&name);
        Ok(())
    }

    fn forget_model(&self, name: String) -> Done<()> {
        self.forgotten(&name)
    }

    fn verify_model(&self, name: String) -> Done<Verified> {
        self.verified(&name)
    }

    fn mend_model(&self, name: String) -> Done<()> {
        self.mend(&name)
    }

    fn measure_model(&self, name: String) -> Done<f64> {
        self.measured(&name)
    }

    fn estimate_model(&self, wanted: UseModel) -> Done<Estimate> {
        self.estimated(&wanted)
    }

    fn use_model(&self, wanted: UseModel) -> Done<()> {
        self.switch(&wanted)
    }

    fn undo_model(&self, (): ()) -> Done<()> {
        self.switch_back()
    }

    fn compare_models(&self, wanted: CompareModels) -> Done<Comparison> {
        self.compared(&wanted)
    }

    fn import_model(&self, offer: u32) -> Done<String> {
        self.imported(offer)
    }

    fn export_model(&self, wanted: ExportModel) -> Done<()> {
        self.exported(&wanted)
    }

    fn settings(&self, (): ()) -> Done<SettingsView> {
        self.settings_view()
    }

    fn change_settings(&self, settings: Settings) -> Done<SettingsView> {
        self.change(settings)
    }

    fn set_token(&self, token: SetToken) -> Done<SettingsView> {
        self.keep_token(&token.token)
    }

    fn export_data(&self, offer: u32) -> Done<()> {
        self.export(&self.offered(offer)?)
    }

    fn erase_data(&self, (): ()) -> Done<()> {
        self.with(|library| match library.read_only() {
            Some(why) => Err(LibraryError::ReadOnly(why.to_owned())),
            None => Ok(()),
        })?;
        self.erase()
    }

    fn show_main(&self, show: ShowMain) -> Done<()> {
        self.shell.show_main(show.view, &show.query);
        Ok(())
    }

    fn hide_launcher(&self, (): ()) -> Done<()> {
        self.shell.hide_launcher();
        Ok(())
    }

    fn quit(&self, (): ()) -> Done<()> {
        self.shell.quit();
        Ok(())
    }
}
