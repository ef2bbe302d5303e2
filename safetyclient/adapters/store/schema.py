"""Schema: the store's tables, as ordered migrations with names.

`mirror_*` is what servers said and is written from facts only. `batch` and `change`
are what the person did; `change.shown` marks the change that wins over the mirror
for its subject and kind: the latest one, while it is under way, refused or unsure.
`change` repeats the searchable parts of list wishes as columns.
"""

from __future__ import annotations

APPLICATION_ID = 0x53464331
"""`SFC1`, in the file's header."""

_FIRST = """
CREATE TABLE account (
  ordinal INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  network TEXT NOT NULL,
  server TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  handle TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  test_server INTEGER NOT NULL,
  origin TEXT NOT NULL,
  token TEXT NOT NULL
) STRICT;

CREATE TABLE setting (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE batch (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL,
  title TEXT NOT NULL,
  params TEXT NOT NULL,
  kinds TEXT NOT NULL,
  created TEXT NOT NULL,
  undoes TEXT
) STRICT;
CREATE INDEX batch_account ON batch (account, seq);
CREATE INDEX batch_undoes ON batch (undoes) WHERE undoes IS NOT NULL;

CREATE TABLE change (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  batch TEXT NOT NULL,
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  wish TEXT NOT NULL,
  before TEXT,
  created TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'queued',
  attempts INTEGER NOT NULL DEFAULT 0,
  after_ids TEXT NOT NULL DEFAULT '',
  after_limit INTEGER,
  problem TEXT NOT NULL DEFAULT '',
  not_before TEXT,
  result TEXT NOT NULL DEFAULT '',
  first_sent TEXT,
  settled TEXT,
  withdrawn_by TEXT,
  dismissed INTEGER NOT NULL DEFAULT 0,
  shown INTEGER NOT NULL DEFAULT 1,
  person TEXT NOT NULL DEFAULT '',
  handle TEXT NOT NULL DEFAULT '',
  sort_key TEXT NOT NULL DEFAULT '',
  row_id TEXT NOT NULL DEFAULT '',
  is_on INTEGER NOT NULL DEFAULT 0,
  until TEXT,
  note TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX change_batch ON change (batch, status);
CREATE INDEX change_subject ON change (account, subject, kind);
CREATE INDEX change_live ON change (account, seq)
  WHERE status IN ('queued', 'sending', 'resend');
CREATE INDEX change_open ON change (account, seq)
  WHERE status IN ('rejected', 'unsure') AND dismissed = 0;
CREATE INDEX change_waiting ON change (account) WHERE after_ids <> '';
CREATE INDEX change_withdrawn ON change (withdrawn_by)
  WHERE withdrawn_by IS NOT NULL;
CREATE INDEX change_shown ON change (account, kind, sort_key, row_id)
  WHERE shown = 1;

CREATE TABLE uploaded (
  change TEXT NOT NULL,
  number INTEGER NOT NULL,
  media_id TEXT NOT NULL,
  PRIMARY KEY (change, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE draft (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  changed TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE evidence (
  owner TEXT NOT NULL,
  number INTEGER NOT NULL,
  account TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (owner, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE local_case (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL,
  change TEXT,
  remote_id TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX local_case_account ON local_case (account, seq);
CREATE INDEX local_case_change ON local_case (change) WHERE change IS NOT NULL;

CREATE TABLE mirror_topic (
  no INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  topic TEXT NOT NULL,
  mark TEXT NOT NULL DEFAULT '',
  gen INTEGER NOT NULL DEFAULT 0,
  UNIQUE (account, topic)
) STRICT;

CREATE TABLE mirror_protection (
  account TEXT PRIMARY KEY,
  protected INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE mirror_consequences (
  account TEXT NOT NULL,
  protected INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (account, protected)
) STRICT, WITHOUT ROWID;

CREATE TABLE mirror_entry (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  list INTEGER NOT NULL,
  person TEXT NOT NULL,
  sort_key TEXT NOT NULL,
  handle TEXT NOT NULL,
  name TEXT NOT NULL,
  flags INTEGER NOT NULL,
  since TEXT,
  until TEXT,
  note TEXT NOT NULL,
  gen INTEGER NOT NULL,
  held INTEGER NOT NULL DEFAULT 0,
  UNIQUE (list, person)
) STRICT;
CREATE INDEX entry_order ON mirror_entry (list, sort_key, person);
CREATE INDEX entry_held ON mirror_entry (list) WHERE held = 1;

CREATE TABLE mirror_person (
  topic INTEGER NOT NULL,
  person TEXT NOT NULL,
  sort_key TEXT NOT NULL,
  handle TEXT NOT NULL,
  name TEXT NOT NULL,
  bio TEXT NOT NULL,
  flags INTEGER NOT NULL,
  since TEXT NOT NULL,
  gen INTEGER NOT NULL,
  PRIMARY KEY (topic, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_order ON mirror_person (topic, sort_key, person);

CREATE TABLE mirror_post (
  topic INTEGER NOT NULL,
  id TEXT NOT NULL,
  created TEXT NOT NULL,
  body TEXT NOT NULL,
  gen INTEGER NOT NULL,
  PRIMARY KEY (topic, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX post_order ON mirror_post (topic, created, id);

CREATE TABLE mirror_space (
  topic INTEGER NOT NULL,
  id TEXT NOT NULL,
  body TEXT NOT NULL,
  gone INTEGER NOT NULL,
  gen INTEGER NOT NULL,
  PRIMARY KEY (topic, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE mirror_case (
  account TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  change TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (account, remote_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mirror_case_change ON mirror_case (account, change) WHERE change <> '';

CREATE VIRTUAL TABLE entry_words USING fts5 (
  words, content='', contentless_delete=1, tokenize='trigram'
);
CREATE TABLE entry_stale (id INTEGER PRIMARY KEY) STRICT;
CREATE TRIGGER entry_reworded AFTER UPDATE OF handle, name, note ON mirror_entry
WHEN old.handle <> new.handle OR old.name <> new.name OR old.note <> new.note
BEGIN INSERT OR IGNORE INTO entry_stale (id) VALUES (new.id); END;
CREATE TRIGGER entry_deleted AFTER DELETE ON mirror_entry
BEGIN INSERT OR IGNORE INTO entry_stale (id) VALUES (old.id); END;

CREATE VIEW protection_projected AS
SELECT a.id AS account,
  coalesce(iif(c.status IN ('queued', 'sending', 'resend'), c.is_on, NULL),
    m.protected) AS protected,
  c.status AS status, c.id AS change, c.problem AS problem
FROM account AS a
LEFT JOIN mirror_protection AS m ON m.account = a.id
LEFT JOIN change AS c
  ON c.shown = 1 AND c.account = a.id AND c.kind = 'protect';
"""

MIGRATIONS: tuple[tuple[str, str], ...] = (("first light", _FIRST),)
"""Name and statements; the place in this tuple, from one, is the version."""

ACCOUNT_TABLES = (
    "batch",
    "change",
    "draft",
    "evidence",
    "local_case",
    "mirror_protection",
    "mirror_consequences",
    "mirror_case",
    "mirror_topic",
)
"""Tables with an `account` column."""
TOPIC_TABLES = {
    "mirror_entry": "list",
    "mirror_person": "topic",
    "mirror_post": "topic",
    "mirror_space": "topic",
}
"""Tables with a topic's number, and the name of that column."""
