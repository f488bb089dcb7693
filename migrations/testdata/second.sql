-- A street of the second schema: two posted batches, one that is attested only.
CREATE TABLE schema_version (version integer NOT NULL);
INSERT INTO schema_version VALUES (2);
INSERT INTO zone VALUES ('street', 900, 1782027900);
INSERT INTO batch VALUES
    ('street', 1782028800, 900, 0, 'final', '\x01', 800, sha256('a'), 7),
    ('street', 1782029700, 900, 0, 'posted', '\x02', 0, NULL, NULL),
    ('street', 1782030600, 900, 0, 'attested', '\x03', NULL, NULL, NULL);
INSERT INTO consumer VALUES ('street/clerk/attest', 5);
INSERT INTO account (zone, kind, owner, asset) VALUES
    ('street', 'issuance', '', 'energy'), ('street', 'member', 'anna', 'energy'), ('street', 'member', 'anna', 'money'),
    ('street', 'member', 'ben', 'energy'), ('street', 'member', 'ben', 'money'), ('street', 'network', '', 'money');
INSERT INTO transfer VALUES
    (sha256('3'), 1, 2, 'energy', 1000, 'mint', 1000, 'street', 1782028800, 0),
    (sha256('1'), 5, 3, 'money', 180000, 'trade', 1000, 'street', 1782028800, 0),
    (sha256('2'), 2, 4, 'energy', 800, 'delivery', 800, 'street', 1782028800, 0),
    (sha256('4'), 5, 6, 'money', 56000, 'network', 800, 'street', 1782029700, 0);
