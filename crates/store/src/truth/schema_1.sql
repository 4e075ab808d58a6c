-- Version 1. Once released, a version is never edited: a change is a new file.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;
-- What is derived from this database carries the epoch, and is thrown away under another one.
INSERT INTO meta VALUES ('epoch', randomblob(16));
-- The newest change that is no longer told of.
INSERT INTO meta VALUES ('forgotten', 0);

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE folders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL UNIQUE,
    rules TEXT NOT NULL,
    added INTEGER NOT NULL
) STRICT;

CREATE TABLE contents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    bytes INTEGER NOT NULL,
    format TEXT NOT NULL,
    title TEXT,
    author TEXT,
    language TEXT,
    created TEXT,
    modified TEXT,
    pages INTEGER,
    partial TEXT,
    extractor INTEGER NOT NULL,
    dominant TEXT,
    passages INTEGER NOT NULL
) STRICT;

-- Apart from the contents, so that reading what many documents say of themselves skips no texts.
CREATE TABLE bodies (
    content INTEGER PRIMARY KEY REFERENCES contents(id),
    length INTEGER NOT NULL,
    packed BLOB NOT NULL
) STRICT;

-- States: 0 waiting, 1 words, 2 meaning, 3 skipped, 4 failed, 5 quarantined, 6 left out.
CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder INTEGER NOT NULL REFERENCES folders(id),
    path BLOB NOT NULL,
    name TEXT NOT NULL,
    sought TEXT NOT NULL,
    is_folder INTEGER NOT NULL,
    size INTEGER NOT NULL,
    class INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    device INTEGER,
    inode INTEGER,
    content INTEGER REFERENCES contents(id),
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 6),
    reason_code TEXT NOT NULL,
    reason TEXT NOT NULL,
    extractor INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    next_try INTEGER,
    seen INTEGER NOT NULL,
    UNIQUE (folder, path),
    CHECK (state NOT IN (1, 2) OR content IS NOT NULL),
    CHECK (state NOT IN (3, 5, 6) OR content IS NULL),
    CHECK ((state = 4) = (next_try IS NOT NULL)),
    CHECK (state = 6 OR is_folder = 0)
) STRICT;
CREATE INDEX files_by_content ON files(content) WHERE content IS NOT NULL;
CREATE INDEX files_waiting ON files(class, modified DESC) WHERE state = 0;
CREATE INDEX files_failed ON files(next_try) WHERE state = 4;

-- The ledger's counts, kept by the triggers below so that no writer can forget to.
CREATE TABLE ledger (
    folder INTEGER NOT NULL,
    state INTEGER NOT NULL,
    is_folder INTEGER NOT NULL,
    reason_code TEXT NOT NULL,
    files INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (folder, state, is_folder, reason_code)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER file_added AFTER INSERT ON files BEGIN
    INSERT INTO ledger VALUES (NEW.folder, NEW.state, NEW.is_folder, NEW.reason_code, 1, NEW.size)
    ON CONFLICT DO UPDATE SET files = files + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER file_removed AFTER DELETE ON files BEGIN
    UPDATE ledger SET files = files - 1, bytes = bytes - OLD.size
    WHERE folder = OLD.folder AND state = OLD.state AND is_folder = OLD.is_folder
        AND reason_code = OLD.reason_code;
END;
CREATE TRIGGER file_changed AFTER UPDATE OF folder, state, is_folder, reason_code, size ON files
WHEN (NEW.folder, NEW.state, NEW.is_folder, NEW.reason_code, NEW.size)
    IS NOT (OLD.folder, OLD.state, OLD.is_folder, OLD.reason_code, OLD.size)
BEGIN
    UPDATE ledger SET files = files - 1, bytes = bytes - OLD.size
    WHERE folder = OLD.folder AND state = OLD.state AND is_folder = OLD.is_folder
        AND reason_code = OLD.reason_code;
    INSERT INTO ledger VALUES (NEW.folder, NEW.state, NEW.is_folder, NEW.reason_code, 1, NEW.size)
    ON CONFLICT DO UPDATE SET files = files + 1, bytes = bytes + excluded.bytes;
END;

-- What is embedded: the same words have one row wherever they stand. `unused` is when the last
-- passage of it went, and nothing while there is one.
CREATE TABLE texts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    unused INTEGER
) STRICT;
CREATE INDEX texts_unused ON texts(unused) WHERE unused IS NOT NULL;

CREATE TABLE passages (
    content INTEGER NOT NULL REFERENCES contents(id),
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    page INTEGER,
    headings TEXT,
    language TEXT,
    confidence REAL,
    text INTEGER NOT NULL REFERENCES texts(id),
    PRIMARY KEY (content, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX passages_by_text ON passages(text);

-- States: 0 filling, 1 answering, 2 old.
CREATE TABLE spaces (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    model TEXT NOT NULL,
    revision TEXT NOT NULL,
    definition TEXT NOT NULL UNIQUE,
    dimensions INTEGER NOT NULL,
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
    made INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX spaces_answering ON spaces(state) WHERE state = 1;

-- f16, little endian, then a checksum. No reference to texts or spaces: it would be looked through
-- whole whenever one of those goes.
CREATE TABLE vectors (
    space INTEGER NOT NULL,
    text INTEGER NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (space, text)
) STRICT, WITHOUT ROWID;

-- How many passages of a content have no vector yet, where there are such.
CREATE TABLE gaps (
    space INTEGER NOT NULL REFERENCES spaces(id),
    content INTEGER NOT NULL REFERENCES contents(id),
    class INTEGER NOT NULL,
    missing INTEGER NOT NULL CHECK (missing > 0),
    PRIMARY KEY (space, content)
) STRICT, WITHOUT ROWID;
CREATE INDEX gaps_in_order ON gaps(space, class, content DESC);
CREATE INDEX gaps_by_content ON gaps(content);

CREATE TABLE offences (
    path BLOB PRIMARY KEY,
    size INTEGER NOT NULL,
    modified INTEGER,
    extractor INTEGER NOT NULL,
    kills INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE change_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind INTEGER NOT NULL,
    id INTEGER NOT NULL,
    space INTEGER
) STRICT;
