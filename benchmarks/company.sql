-- The rows of the large company, over small tables: numbers n(i), places place(number, accounts),
-- days d(day, at), months m(k, first). A person of a place is chosen by a stride that is prime to
-- the number of people, so that each has about ten accounts. What the databases write differently
-- stands between colons.

-- people
INSERT INTO inventory_person (id, name, email, attributes, created_at)
SELECT i + 1, 'Given' || (i * 7919 % 5003) || ' Family' || (i * 31 % 20011), 'user' || i || '@corp.example',
    ('{"department": "Department ' || (i % 40) || '", "title": "Title ' || (i % 90) || '"}'):json:,
    (SELECT at FROM d WHERE d.day = 365)
FROM n;

-- addresses
INSERT INTO inventory_personemail (key, person_id) SELECT email, id FROM inventory_person;

-- accounts
INSERT INTO inventory_account (email, username, name, status, kind, role, holds_seat, attributes,
    last_active_at, since, book, external_id, created_at, first_seen_at, person_id, matched, digest,
    removed_at)
SELECT a.email, a.login, a.name,
    CASE WHEN a.gone AND a.dice % 12 > 0 THEN 'disabled' WHEN a.dice < 980 THEN 'active' ELSE 'removed' END,
    CASE WHEN a.owner IS NULL THEN 'service' ELSE 'person' END, CASE WHEN a.dice % 50 = 0 THEN 'admin' ELSE 'member' END,
    CASE WHEN a.book % 3 = 0 THEN NULL ELSE a.dice % 5 < 3 AND a.dice < 980 AND NOT a.gone END,
    ('{"department": "Department ' || (a.i % 40) || '"}'):json:,
    CASE WHEN a.dice % 10 < 9 THEN used.at END, since.at, a.book, 'id' || a.i, born.at, since.at, a.owner, TRUE, :digest:,
    CASE WHEN a.dice >= 980 THEN since.at END
FROM (
    SELECT n.i, p.number AS book, s.id AS person, s.email,
        'user' || s.id AS login, s.name, (n.i * 7717 + p.number * 97) % 1000 AS dice, s.id % 20 = 0 AS gone,
        CASE WHEN (n.i * 13 + p.number) % 100 < 2 AND p.number > 1 THEN NULL ELSE s.id END AS owner
    FROM place p JOIN n ON n.i < p.accounts
    JOIN inventory_person s ON s.id = (n.i * (2 * (p.number * 7 % 40) + 7) * 3 + p.number * 131) % :people: + 1
) a
JOIN d since ON since.day = 200 + a.dice % 165
JOIN d born ON born.day = 365
JOIN d used ON used.day = CASE WHEN a.dice % 7 = 0 THEN 31 + a.dice % 300 ELSE a.dice % 30 END;

-- versions
INSERT INTO inventory_accountversion (book, account_id, email, username, name, status, kind, role, holds_seat,
    attributes, last_active_at, since, until)
SELECT a.book, a.id, a.email, a.username, a.name, 'active', a.kind, 'guest', a.holds_seat, a.attributes,
    a.last_active_at, born.at, a.since
FROM inventory_account a JOIN d born ON born.day = 365 WHERE a.id % 20 = 0;

-- groups
INSERT INTO inventory_group (book, external_id, name, kind, seen, since)
SELECT p.number, 'g' || n.i, 'Group ' || n.i, 'group', 1, d.at
FROM place p JOIN n ON n.i < 8 JOIN d ON d.day = 365;

-- members
INSERT INTO inventory_membership (book, group_id, account_id, seen, since)
SELECT g.book, g.id, a.id, 1, d.at FROM inventory_account a
JOIN inventory_group g ON g.book = a.book AND g.external_id = 'g' || (a.id % 8) JOIN d ON d.day = 300
WHERE a.id % 2 = 0;

-- licences
INSERT INTO inventory_license (book, external_id, name, purchased, seen, since)
SELECT p.number, 'l' || n.i, 'Licence ' || n.i, p.accounts, 1, d.at
FROM place p JOIN n ON n.i < 2 JOIN d ON d.day = 365 WHERE p.number % 3 > 0;

-- seats
INSERT INTO inventory_seat (book, license_id, account_id, seen, since)
SELECT l.book, l.id, a.id, 1, d.at FROM inventory_account a
JOIN inventory_license l ON l.book = a.book AND l.external_id = 'l' || (a.id % 2) JOIN d ON d.day = 300
WHERE a.holds_seat;

-- applications
INSERT INTO inventory_application (key, name, integration, category, owner, status, criticality, notes, tags,
    custom, allocation, shares, created_at)
SELECT 'seen:' || n.i, 'Seen app ' || n.i, '', '', '', 'unconfirmed', '', '', '[]':json:, '{}':json:, 'seat', '{}':json:, d.at FROM n JOIN d ON d.day = 365 WHERE n.i < 500;

-- apps
INSERT INTO inventory_seenapp (book, external_id, name, key, active, seen, since, application_id)
SELECT 1, a.key, a.name, '', TRUE, 1, a.created_at, a.id FROM inventory_application a WHERE a.key LIKE 'seen:%';

-- assignments
INSERT INTO inventory_assignment (book, app_id, account_id, seen, since)
SELECT 1, s.id, a.id, 1, d.at FROM inventory_account a JOIN m ON m.k < 5
JOIN inventory_seenapp s ON s.external_id = 'seen:' || ((a.id * (3 + m.k) + m.k * 97) % 500) JOIN d ON d.day = 300
WHERE a.book = 1 ON CONFLICT DO NOTHING;

-- apps let in
INSERT INTO inventory_seenapp (book, external_id, name, key, active, seen, since, application_id, in_grants)
SELECT 2, a.key, a.name, '', TRUE, 1, a.created_at, a.id, 1 FROM inventory_application a WHERE a.key LIKE 'seen:%';

-- grants
INSERT INTO inventory_grant (book, seen, since, scopes, reading, granted_at, granted_by, app_id, account_id)
SELECT 2, 1, d.at, (g.scopes):json:, (g.scopes):json:, CASE WHEN g.id % 50 = 0 THEN d.at END, '', g.app, g.id
FROM (
    SELECT a.id, s.id AS app, CASE s.id % 6
        WHEN 0 THEN '["https://mail.google.com/"]'
        WHEN 1 THEN '["https://www.googleapis.com/auth/drive.readonly", "openid"]'
        WHEN 2 THEN '["https://www.googleapis.com/auth/calendar.readonly"]'
        WHEN 3 THEN '["https://www.googleapis.com/auth/not-known", "openid"]'
        ELSE '["email", "openid", "profile"]' END AS scopes
    FROM inventory_account a JOIN m ON m.k < 5
    JOIN inventory_seenapp s ON s.book = 2 AND s.external_id = 'seen:' || ((a.id * (3 + m.k) + m.k * 97) % 500)
    WHERE a.book = 2
) g JOIN d ON d.day = g.id % 300 WHERE TRUE ON CONFLICT DO NOTHING;

-- days
INSERT INTO inventory_activedays (book, account_id, app, month, days)
SELECT a.book, a.id, 0, m.first, 1 + (a.id * 2654435761 + m.k * 40503) % 268435455
FROM inventory_account a CROSS JOIN m WHERE a.last_active_at IS NOT NULL;

-- days by app
INSERT INTO inventory_activedays (book, account_id, app, month, days)
SELECT 1, s.account_id, s.app_id, m.first, 1 + (s.account_id * 97 + m.k * 131) % 268435455
FROM inventory_assignment s CROSS JOIN m WHERE s.account_id % 5 = 0;

-- licence types
INSERT INTO inventory_licencetype (application_id, key, name, counted, role, notes, bought, created_at)
SELECT a.id, 'l' || n.i, 'Licence ' || n.i, 'seats', '', '', 1000 + a.id * 7 % 5000, a.created_at
FROM inventory_application a JOIN n ON n.i < 2 WHERE a.key NOT LIKE 'seen:%';

-- licence prices
INSERT INTO inventory_licenceprice (licence_id, since, amount, currency, months)
SELECT l.id, DATE(d.at), (500 + l.id * 37 % 4000) * 100, CASE WHEN l.id % 5 = 0 THEN 'EUR' ELSE 'USD' END,
    CASE WHEN l.id % 3 = 0 THEN 12 ELSE 1 END
FROM inventory_licencetype l JOIN d ON d.day = 400 OR d.day = 200;

-- contracts
INSERT INTO inventory_contract (application_id, vendor, name, reference, starts_on, ends_on, notice_on, auto_renews,
    renews_for_months, value, currency, owner_id, notes, created_at)
SELECT a.id, 'Vendor ' || a.id, a.name || ' agreement', 'C-' || a.id, DATE(born.at), DATE(ends.at), DATE(notice.at), a.id % 2 = 0,
    12, (10000 + a.id * 977 % 900000) * 10000, CASE WHEN a.id % 5 = 0 THEN 'EUR' ELSE 'USD' END, a.id, '', a.created_at
FROM inventory_application a JOIN d born ON born.day = 30 + a.id % 300 JOIN d ends ON ends.day = a.id % 30
JOIN d notice ON notice.day = ends.day + 30 WHERE a.key NOT LIKE 'seen:%';

-- contract lines
INSERT INTO inventory_contractline (contract_id, licence_id, seats, amount, months)
SELECT c.id, l.id, 500 + c.id % 900, (400 + l.id * 37 % 4000) * 100, 12
FROM inventory_contract c JOIN inventory_licencetype l ON l.application_id = c.application_id;

-- rates
INSERT INTO inventory_exchangerate (base, quote, day, rate, source)
SELECT 'EUR', 'USD', DATE(d.at), 108000000, 'bench' FROM d WHERE d.day = 400;

-- imports
INSERT INTO inventory_import (kind, file_name, sha256, mapping, counts, "by", at, undone_by, headings)
SELECT 'charges', 'statement-' || n.i || '.csv', '' || n.i, '{}':json:, '{}':json:, 'bench', d.at, '', '[]':json:
FROM n JOIN d ON d.day = 0 WHERE n.i < 4;

-- charges
INSERT INTO inventory_charge (entered_id, external_id, paid_by, day, amount, currency, vendor, vendor_key, description,
    application_id, matched, is_saas, person_id, department, told, told_rate, told_day, not_duplicate, created_at)
SELECT c.file, 'c' || c.number, '', c.day, c.amount, c.currency, 'Vendor ' || c.vendor || ' Inc', 'vendor ' || c.vendor, '',
    CASE WHEN c.vendor < 2400 THEN 1 + c.vendor % c.apps END, CASE WHEN c.vendor < 2400 THEN 'rule' ELSE '' END,
    c.vendor % 50 > 0, CASE WHEN c.number % 3 = 0 THEN 1 + c.i END, CASE WHEN c.number % 7 = 0 THEN 'Department ' || (c.i % 40) ELSE '' END,
    CASE c.currency WHEN 'USD' THEN c.amount WHEN 'EUR' THEN (c.amount * 27 / 2500) * 100 END,
    CASE c.currency WHEN 'USD' THEN 100000000 WHEN 'EUR' THEN 108000000 END,
    CASE WHEN c.currency <> 'CHF' THEN c.day END, FALSE, c.at
FROM (
    SELECT n.i, n.i * 2 + m.k AS number, 1 + n.i % 4 AS file, d.at, DATE(d.at) AS day, (n.i * 31 + m.k * 1009) % 3000 AS vendor,
        (100 + (n.i * 7919 + m.k * 104729) % 90000) * 100 * CASE WHEN n.i % 40 = 0 THEN -1 ELSE 1 END AS amount,
        CASE WHEN n.i % 100 = 99 THEN 'CHF' WHEN n.i % 5 = 0 THEN 'EUR' ELSE 'USD' END AS currency,
        (SELECT COUNT(*) FROM inventory_application) AS apps
    FROM n JOIN m ON m.k < 2 JOIN d ON d.day = (n.i * 13 + m.k * 7) % 360
) c;

-- duplicates
INSERT INTO inventory_charge (entered_id, external_id, paid_by, day, amount, currency, vendor, vendor_key, description,
    application_id, matched, is_saas, department, told, told_rate, told_day, duplicate_of_id, not_duplicate, created_at)
SELECT 1 + c.entered_id % 4, '', '', c.day, c.amount, c.currency, c.vendor, c.vendor_key, '', c.application_id, c.matched,
    c.is_saas, '', c.told, c.told_rate, c.told_day, c.id, FALSE, c.created_at
FROM inventory_charge c WHERE c.id % 50 = 0;

-- reviewers
INSERT INTO inventory_member (password, email, name, role, is_active, created_at)
SELECT '', 'reviewer' || n.i || '@corp.example', 'Reviewer ' || n.i, 'reader', TRUE, d.at
FROM n JOIN d ON d.day = 10 WHERE n.i < 20;

-- reviews
INSERT INTO inventory_review (name, description, due_on, days, state, fallback_id, made_by, created_at, started_at, closed_at, closed_by, digest, sealed, sealer)
SELECT 'Review ' || n.i, '', DATE(soon.at), 90, CASE n.i WHEN 0 THEN 'open' ELSE 'closed' END, (SELECT MIN(id) FROM inventory_member),
    'bench', d.at, d.at, CASE WHEN n.i > 0 THEN d.at END, '', '', 0, ''
FROM n JOIN d ON d.day = 10 JOIN d soon ON soon.day = 0 WHERE n.i < 8 ORDER BY n.i;

-- reviewed applications
INSERT INTO inventory_reviewapplication (review_id, application_id, way, members)
SELECT (i.id - 1) / 3 + 1, i.application_id, 'manager', '[]':json: FROM inventory_instance i WHERE i.id <= 24;

-- reviewed instances
INSERT INTO inventory_reviewsource (review_id, application_id, application_name, instance_id, instance_name, book,
    read_at, tells_activity, removals_held, done_to, is_done)
SELECT (i.id - 1) / 3 + 1, i.application_id, i.name, i.id, i.name, i.book, i.last_synced_at, TRUE, 0, 0, TRUE
FROM inventory_instance i WHERE i.id <= 24;

-- reviewed accounts
INSERT INTO inventory_reviewitem (review_id, application_id, source_id, account_id, person_id, external_id, name, email,
    username, status, kind, role, holds_seat, last_active, days_active, active_told, person_name, department, standing,
    read_at, reviewer_id, reviewer_email, decision, comment, decided_by, decided_at, times)
SELECT s.review_id, s.application_id, s.id, a.id, a.person_id, a.external_id, a.name, a.email, a.username, a.status, a.kind, a.role,
    a.holds_seat, a.last_active_at, CASE WHEN a.id % 5 > 0 THEN a.id % 80 END, 'direct', a.name, '', CASE WHEN a.status = 'disabled' THEN 'left' ELSE 'here' END,
    s.read_at, r.id, r.email, CASE a.id % 4 WHEN 0 THEN 'keep' WHEN 1 THEN 'remove' ELSE '' END, '', CASE WHEN a.id % 4 < 2 THEN r.email ELSE '' END,
    CASE WHEN a.id % 4 < 2 THEN d.at END, CASE WHEN a.id % 4 < 2 THEN 1 ELSE 0 END
FROM inventory_account a JOIN inventory_reviewsource s ON s.book = a.book
JOIN inventory_member r ON r.email = 'reviewer' || (a.id % 20) || '@corp.example' JOIN d ON d.day = 5
WHERE a.status <> 'removed';

-- decisions on them
INSERT INTO inventory_reviewdecision (item_id, decision, comment, reviewer, "by", at)
SELECT i.id, i.decision, '', '', i.decided_by, i.decided_at FROM inventory_reviewitem i WHERE i.decision <> '';
