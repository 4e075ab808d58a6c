//! Models carried by hand, for machines without a network: out to a folder or an archive, and in from either.
//!
//! An archive is a tar file that is not compressed, for weights hardly can be, with the files of one model in it,
//! by themselves or in one folder. What is taken in may also be a folder as a hub's tools keep it, without
//! a `kenning.toml`: then its makers' own files have to say how it computes.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, Instant};

use kenning_manifest::{FILE_NAME, Manifest};

use crate::choice::choose;
use crate::digest::{Counting, Digest};
use crate::error::GetError;
use crate::getting::{Stop, check_room};
use crate::hub::{Listed, RepositoryName};
use crate::makers::{OTHERS, Papers, manifest};
use crate::stage::{remove_if_there, sync_folder, write_whole};

/// Where something stands until it is whole. Folders whose names begin with a dot are no models.
const IMPORTING: &str = ".importing";
const LOCK: &str = ".lock";
const FILES: &str = "files";
const UNPACKED: &str = "unpacked";
/// Beside weights and papers.
const CALIBRATION: &str = "calibration.bin";
/// An archive of a model has some ten files.
const MOST_FILES: usize = 1000;
const AT_ONCE: usize = 1 << 20;
const TELL_EVERY: Duration = Duration::from_millis(200);

/// What is told while files are copied.
#[derive(Clone, Copy, Debug)]
pub struct Copied {
    pub done: u64,
    pub bytes: u64,
}

/// How something that is taken in is to be read.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// How the model is to be called, instead of what it says or what its folder is called.
    pub called: Option<String>,
    /// The file of weights, where there are several.
    pub weights: Option<String>,
}

/// Writes a model's folder to one that is not there yet, or, where the name ends with `.tar`, to an archive.
/// Its files are compared with their digests on the way.
pub fn export(
    folder: &Path,
    to: &Path,
    stop: &Stop,
    tell: &mut dyn FnMut(Copied),
) -> Result<(), GetError> {
    if to.exists() {
        return Err(GetError::Exists(to.to_owned()));
    }
    let out = Out { folder, manifest: manifest_of(folder)?, files: files_of(folder)? };
    let mut copying = Copying::new(out.files.iter().map(|(_, bytes)| bytes).sum(), stop, tell);
    let half = half_of(to);
    discard(&half).map_err(GetError::disk(&half))?;
    let written = if to.extension().is_some_and(|ending| ending == "tar") {
        copying.write_archive(&out, &half)
    } else {
        fs::create_dir_all(&half).map_err(GetError::disk(&half))?;
        copying.write_folder(&out, &half)
    };
    let placed = written.and_then(|()| fs::rename(&half, to).map_err(GetError::disk(to)));
    if placed.is_err() {
        // What is left of it is nothing to anybody; that it could not be written has been said.
        let _ = discard(&half);
    }
    placed
}

/// A model on its way out.
struct Out<'a> {
    folder: &'a Path,
    manifest: Manifest,
    files: Vec<(String, u64)>,
}

fn discard(path: &Path) -> io::Result<()> {
    if path.is_dir() { fs::remove_dir_all(path) } else { remove_if_there(path) }
}

/// Beside it, so that it takes its place at once.
fn half_of(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    to.with_file_name(name)
}

/// Takes a model in from a folder or an archive, and says what it is called. The model is there once all of it
/// is, and is what it says it is.
pub fn import(
    models: &Path,
    from: &Path,
    how: &Import,
    stop: &Stop,
    tell: &mut dyn FnMut(Copied),
) -> Result<String, GetError> {
    let place = models.join(IMPORTING);
    fs::create_dir_all(&place).map_err(GetError::disk(&place))?;
    let lock_file = place.join(LOCK);
    let lock = File::create(&lock_file).map_err(GetError::disk(&lock_file))?;
    if lock.try_lock().is_err() {
        return Err(GetError::InUse(place));
    }
    for left in [place.join(FILES), place.join(UNPACKED)].iter().filter(|left| left.exists()) {
        fs::remove_dir_all(left).map_err(GetError::disk(left))?;
    }
    let imported = taken_in(models, &place, from, how, stop, tell);
    drop(lock);
    // Nothing that counts is in it.
    let _ = fs::remove_dir_all(&place);
    imported
}

fn taken_in(
    models: &Path,
    place: &Path,
    from: &Path,
    how: &Import,
    stop: &Stop,
    tell: &mut dyn FnMut(Copied),
) -> Result<String, GetError> {
    let is_archive = !from.is_dir();
    let folder = if is_archive {
        let bytes = fs::metadata(from).map_err(GetError::unread(from))?.len();
        check_room(models, bytes)?;
        Copying::new(bytes, stop, &mut *tell).unpack(from, &place.join(UNPACKED))?
    } else {
        from.to_owned()
    };
    let stem = if is_archive { from.file_stem() } else { from.file_name() };
    let called = stem.and_then(|name| name.to_str()).unwrap_or_default().to_lowercase();
    let (mut manifest, files) = read(&folder, &called, how)?;
    if let Some(called) = &how.called {
        manifest.name.clone_from(called);
    }
    if !RepositoryName::is_name(&manifest.name) {
        return Err(GetError::BadName(manifest.name));
    }
    let home = models.join(&manifest.name);
    if home.exists() {
        return Err(GetError::Installed(home));
    }
    let bytes = files.iter().map(|file| file.bytes).sum();
    if !is_archive {
        check_room(models, bytes)?;
    }
    let staged = place.join(FILES);
    fs::create_dir_all(&staged).map_err(GetError::disk(&staged))?;
    let mut copying = Copying::new(bytes, stop, tell);
    for file in files {
        let from = folder.join(&file.path);
        let digest = copying.file(&from, &staged.join(&file.name), is_archive)?;
        check(&manifest, &file.name, &digest, from)?;
        manifest.digests.insert(file.name, digest);
    }
    if let Some(missing) = manifest.digests.keys().find(|name| !staged.join(name).exists()) {
        return Err(GetError::NotWhole { folder, missing: missing.clone() });
    }
    put(&manifest, &staged)?;
    sync_folder(&staged).map_err(GetError::disk(&staged))?;
    fs::rename(&staged, &home).map_err(GetError::disk(&home))?;
    sync_folder(models).map_err(GetError::disk(models))?;
    Ok(manifest.name)
}

/// A file that a model needs, where it lies in the folder and how it is called from now on.
struct Needed {
    path: String,
    name: String,
    bytes: u64,
}

fn read(folder: &Path, called: &str, how: &Import) -> Result<(Manifest, Vec<Needed>), GetError> {
    if folder.join(FILE_NAME).is_file() {
        let files = files_of(folder)?.into_iter().filter(|(name, _)| name != FILE_NAME);
        let needed = files.map(|(name, bytes)| Needed { path: name.clone(), name, bytes });
        return Ok((manifest_of(folder)?, needed.collect()));
    }
    let unfit = |reason| GetError::Unfit { repository: folder.display().to_string(), reason };
    let text = |name: &str| fs::read_to_string(folder.join(name)).ok();
    let config = text("config.json")
        .ok_or_else(|| unfit("it holds neither a kenning.toml nor a config.json".to_owned()))?;
    let [modules, pooling, prompts, lengths] = OTHERS.map(text);
    let papers = Papers { config, modules, pooling, prompts, lengths };
    let mut made = manifest(how.called.as_deref().unwrap_or(called), &papers).map_err(unfit)?;
    made.origin = called.to_owned();
    let listed = files_of(folder)?;
    let listed: Vec<Listed> = listed
        .into_iter()
        .map(|(path, bytes)| Listed { path, bytes: Some(bytes), digest: None })
        .collect();
    let chosen = choose(&listed, how.weights.as_deref()).map_err(unfit)?;
    let needed = chosen.into_iter().map(|chosen| Needed {
        bytes: chosen.listed.bytes.unwrap_or_default(),
        path: chosen.listed.path,
        name: chosen.name,
    });
    Ok((made, needed.collect()))
}

fn manifest_of(folder: &Path) -> Result<Manifest, GetError> {
    let file = folder.join(FILE_NAME);
    let text = fs::read_to_string(&file).map_err(GetError::unread(&file))?;
    let unfit = |reason| GetError::Unfit { repository: file.display().to_string(), reason };
    Manifest::parse(&text).map_err(unfit)
}

fn put(manifest: &Manifest, folder: &Path) -> Result<(), GetError> {
    let file = folder.join(FILE_NAME);
    let unfit = |reason| GetError::Unfit { repository: manifest.name.clone(), reason };
    let text = manifest.to_text().map_err(unfit)?;
    write_whole(&file, text.as_bytes()).map_err(GetError::disk(&file))
}

/// What Kenning reads of a model's folder, by name, with their sizes.
fn files_of(folder: &Path) -> Result<Vec<(String, u64)>, GetError> {
    let is_read = |name: &str| {
        let ending = name.rsplit('.').next().unwrap_or_default();
        matches!(ending, "json" | "safetensors" | "gguf")
            || [FILE_NAME, CALIBRATION].contains(&name)
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(GetError::unread(folder))? {
        let entry = entry.map_err(GetError::unread(folder))?;
        // As a hub's tools keep it, a file is a link to where its bytes are.
        let Ok(about) = fs::metadata(entry.path()) else { continue };
        let Ok(name) = entry.file_name().into_string() else { continue };
        if about.is_file() && RepositoryName::is_name(&name) && is_read(&name) {
            files.push((name, about.len()));
        }
    }
    files.sort();
    Ok(files)
}

struct Copying<'a> {
    progress: Copied,
    told: Instant,
    stop: &'a Stop,
    tell: &'a mut dyn FnMut(Copied),
}

impl<'a> Copying<'a> {
    fn new(bytes: u64, stop: &'a Stop, tell: &'a mut dyn FnMut(Copied)) -> Self {
        Self { progress: Copied { done: 0, bytes }, told: Instant::now(), stop, tell }
    }

    fn note(&mut self, count: usize) {
        self.progress.done += count as u64;
        if self.told.elapsed() >= TELL_EVERY {
            self.told = Instant::now();
            (self.tell)(self.progress);
        }
    }

    fn failed(&self, file: &Path) -> impl Fn(io::Error) -> GetError {
        let (is_stopped, disk) = (self.stop.is_stopped(), file.to_owned());
        move |error| if is_stopped { GetError::Stopped } else { GetError::disk(&disk)(error) }
    }

    /// Has what `from` gives go where `write` brings it, and says its SHA-256.
    fn counted<T>(
        &mut self,
        from: impl Read,
        write: impl FnOnce(&mut BufReader<Counted<'_, 'a, &mut dyn Read>>) -> io::Result<T>,
    ) -> io::Result<String> {
        let mut from = from;
        let counting = Counting::new(&Digest::Sha256(String::new()), 0);
        let counted = Counted { copying: self, source: &mut from as &mut dyn Read, counting };
        let mut counted = BufReader::with_capacity(AT_ONCE, counted);
        write(&mut counted)?;
        let (Digest::Sha256(digest) | Digest::Git(digest)) = counted.into_inner().counting.end();
        Ok(digest)
    }

    /// `may_move`: it is ours already, and only looked through.
    fn file(&mut self, from: &Path, to: &Path, may_move: bool) -> Result<String, GetError> {
        let source = File::open(from).map_err(GetError::unread(from))?;
        if may_move {
            let digest = self.counted(source, |source| io::copy(source, &mut io::sink()));
            let digest = digest.map_err(|error| self.failed(from)(error))?;
            fs::rename(from, to).map_err(GetError::disk(to))?;
            return Ok(digest);
        }
        let mut copy = File::create(to).map_err(GetError::disk(to))?;
        let digest = self.counted(source, |source| io::copy(source, &mut copy));
        let digest = digest.map_err(|error| self.failed(to)(error))?;
        copy.sync_all().map_err(GetError::disk(to))?;
        Ok(digest)
    }

    fn write_folder(&mut self, out: &Out<'_>, to: &Path) -> Result<(), GetError> {
        for (name, _) in &out.files {
            let from = out.folder.join(name);
            let digest = self.file(&from, &to.join(name), false)?;
            check(&out.manifest, name, &digest, from)?;
        }
        sync_folder(to).map_err(GetError::disk(to))
    }

    fn write_archive(&mut self, out: &Out<'_>, to: &Path) -> Result<(), GetError> {
        let archive = File::create(to).map_err(GetError::disk(to))?;
        let mut archive = tar::Builder::new(BufWriter::with_capacity(AT_ONCE, archive));
        for (name, bytes) in &out.files {
            let from = out.folder.join(name);
            let source = File::open(&from).map_err(GetError::unread(&from))?;
            let mut header = tar::Header::new_gnu();
            header.set_size(*bytes);
            header.set_mode(0o644);
            let inside = format!("{}/{name}", out.manifest.name);
            let written =
                self.counted(source, |source| archive.append_data(&mut header, &inside, source));
            check(&out.manifest, name, &written.map_err(|error| self.failed(to)(error))?, from)?;
        }
        let written = archive.into_inner().and_then(|archive| Ok(archive.into_inner()?));
        written.and_then(|file| file.sync_all()).map_err(GetError::disk(to))
    }

    /// Unpacks an archive, and says in which folder the model lies.
    fn unpack(&mut self, archive: &Path, to: &Path) -> Result<PathBuf, GetError> {
        let bad = |reason: String| GetError::BadArchive { file: archive.to_owned(), reason };
        let source = File::open(archive).map_err(GetError::unread(archive))?;
        let mut source = tar::Archive::new(BufReader::with_capacity(AT_ONCE, source));
        let mut folder: Option<PathBuf> = None;
        let entries = source.entries().map_err(|error| bad(error.to_string()))?;
        for (number, entry) in entries.enumerate() {
            let mut entry = entry.map_err(|error| bad(error.to_string()))?;
            if entry.header().entry_type().is_dir() {
                continue;
            }
            if number > MOST_FILES {
                return Err(bad(format!("it has more than {MOST_FILES} files")));
            }
            let path = inside(&entry).map_err(bad)?;
            let into = to.join(&path);
            let above = into.parent().unwrap_or(to).to_owned();
            fs::create_dir_all(&above).map_err(GetError::disk(&above))?;
            let mut file = File::create(&into).map_err(GetError::disk(&into))?;
            let length = entry.size();
            let written = self.counted(&mut entry, |entry| io::copy(entry, &mut file));
            written.map_err(|error| self.failed(&into)(error))?;
            if file.metadata().map_err(GetError::disk(&into))?.len() != length {
                return Err(bad("it ends too early".to_owned()));
            }
            if path.file_name().is_some_and(|name| name == "config.json") {
                // That of the pooling lies deeper than the model's own.
                let depth = |folder: &PathBuf| folder.components().count();
                folder = folder.filter(|known| depth(known) <= depth(&above)).or(Some(above));
            }
        }
        folder.ok_or_else(|| bad("it holds no config.json".to_owned()))
    }
}

/// The path of an entry. Links and devices are never made, and nothing outside the folder is.
fn inside(entry: &tar::Entry<'_, impl Read>) -> Result<PathBuf, String> {
    let path = entry.path().map_err(|error| error.to_string())?.into_owned();
    if !entry.header().entry_type().is_file() {
        return Err(format!("{} is no plain file", path.display()));
    }
    let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    match path.components().all(is_plain) {
        true => Ok(path),
        false => Err(format!("{} leads out of it", path.display())),
    }
}

fn check(manifest: &Manifest, name: &str, digest: &str, file: PathBuf) -> Result<(), GetError> {
    match manifest.digests.get(name) {
        Some(stated) if !stated.eq_ignore_ascii_case(digest) => Err(GetError::Damaged { file }),
        _ => Ok(()),
    }
}

/// Counts what is read of it, tells how far it is, and ends where all is to stop.
struct Counted<'a, 'b, R> {
    copying: &'a mut Copying<'b>,
    source: R,
    counting: Counting,
}

impl<R: Read> Read for Counted<'_, '_, R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if self.copying.stop.is_stopped() {
            return Err(io::Error::other("stopped"));
        }
        let count = self.source.read(bytes)?;
        self.counting.add(&bytes[..count]);
        self.copying.note(count);
        Ok(count)
    }
}
