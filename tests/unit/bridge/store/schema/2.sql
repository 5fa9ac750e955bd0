-- A store as schema 2 left it: two alerts in one notification, one that came again, a text notification without an
-- alert, and a block in every state. Never edited: each later release must be able to read it.
PRAGMA page_size = 8192;
PRAGMA application_id = 1178751559;
PRAGMA user_version = 2;
BEGIN;
CREATE TABLE notifications (
    number INTEGER PRIMARY KEY,
    received INTEGER NOT NULL,
    format TEXT NOT NULL,
    peer TEXT NOT NULL,
    payload BLOB NOT NULL
) STRICT;
CREATE TABLE alerts (
    number INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,
    notification INTEGER NOT NULL,
    received INTEGER NOT NULL,
    appliance TEXT NOT NULL,
    type TEXT NOT NULL,
    alert_id TEXT NOT NULL,
    severity TEXT NOT NULL,
    decision TEXT NOT NULL,
    seen INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE TABLE blocks (
    target TEXT NOT NULL,
    indicator TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    alert TEXT NOT NULL,
    since INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    repeats INTEGER NOT NULL,
    PRIMARY KEY (target, indicator)
) STRICT, WITHOUT ROWID;
INSERT INTO notifications VALUES (1, 1700000000000, 'xml-normal', '192.0.2.3', X'3c616c657274732f3e');
INSERT INTO notifications VALUES (2, 1700000060000, 'text', '192.0.2.3', X'66656e6f746966790a');
INSERT INTO notifications VALUES (3, 1700000120000, 'json-normal', '192.0.2.4', X'7b7d');
INSERT INTO alerts VALUES (1, '000c29a1b2c3/malware-callback/17', 1, 1700000000000, 'nx1', 'malware-callback', '17', 'majr',
    '{"attackers":["203.0.113.1"],"victims":["192.0.2.10"],"domains":[],"blockable":["203.0.113.1"],"ignored":[]}', 1);
INSERT INTO alerts VALUES (2, '000c29a1b2c3/malware-callback/18', 1, 1700000000000, 'nx1', 'malware-callback', '18', 'majr',
    '{"attackers":["203.0.113.2"],"victims":["192.0.2.10"],"domains":[],"blockable":["203.0.113.2"],"ignored":[]}', 3);
INSERT INTO alerts VALUES (3, '0f00aaaa-1111-2222-3333-444455556666/ips-event', 3, 1700000120000, 'nx2', 'ips-event', '4',
    'crit',
    '{"attackers":["203.0.113.3"],"victims":["192.0.2.10"],"domains":[],"blockable":["203.0.113.3"],"ignored":[]}', 1);
INSERT INTO blocks VALUES ('hq', '203.0.113.1', 'enforced', 'malware-callback 17 from nx1',
    '000c29a1b2c3/malware-callback/17', 1700000000000, 4100000000000, 0);
INSERT INTO blocks VALUES ('hq', '203.0.113.2', 'pushed', 'malware-callback 18 from nx1',
    '000c29a1b2c3/malware-callback/18', 1700000000000, 4100000000000, 2);
INSERT INTO blocks VALUES ('hq', '203.0.113.3', 'wanted', 'ips-event 4 from nx2',
    '0f00aaaa-1111-2222-3333-444455556666/ips-event', 1700000120000, 4100000000000, 0);
INSERT INTO blocks VALUES ('hq', '203.0.113.4', 'expired', 'its time is over',
    '000c29a1b2c3/malware-callback/11', 1690000000000, 1700000000000, 0);
INSERT INTO blocks VALUES ('hq', '203.0.113.5', 'removed', 'its time is over',
    '000c29a1b2c3/malware-callback/12', 1690000000000, 1700000000000, 0);
INSERT INTO blocks VALUES ('hq', '203.0.113.6', 'refused', 'the firewall says no',
    '000c29a1b2c3/malware-callback/13', 1700000000000, 4100000000000, 0);
INSERT INTO blocks VALUES ('hq', 'evil.example.com', 'held', 'held: more than policy.max_new_blocks_per_minute (2)',
    '000c29a1b2c3/domain-match/14', 1700000000000, 4100000000000, 1);
ALTER TABLE blocks ADD COLUMN appliance TEXT NOT NULL DEFAULT '';
CREATE TABLE standing_orders (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    made INTEGER NOT NULL,
    until INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;
CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    target TEXT NOT NULL,
    indicator TEXT NOT NULL,
    event TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_of_indicator ON audit (indicator);
COMMIT;
