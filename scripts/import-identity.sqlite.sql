-- Copies the accounts of an ASP.NET Core Identity database to a CleanJwt database, both SQLite. See docs/moving-in.md.
-- @old is the path of the old file. The script only reads it. A second run does not touch the accounts of the first.
ATTACH DATABASE @old AS old;
BEGIN IMMEDIATE;

CREATE TEMP TABLE Verdicts AS
SELECT
    Id,
    Email,
    CASE
        WHEN Id NOT LIKE '________-____-____-____-____________'
            OR replace(Id, '-', '') GLOB '*[^0-9A-Fa-f]*'
            OR length(replace(Id, '-', '')) <> 32
            THEN 'its id is no UUID'
        WHEN coalesce(trim(Email), '') = '' OR coalesce(trim(NormalizedEmail), '') = ''
            THEN 'it has no email address'
        WHEN trim(Email) NOT LIKE '_%@_%'
            OR trim(Email) LIKE '%@%@%'
            OR length(trim(Email)) > 254
            OR trim(Email) GLOB '*[]"(),:;<>[\ ]*'
            THEN 'its email address is none that this service accepts'
        WHEN count(*) OVER (PARTITION BY trim(NormalizedEmail)) > 1
            THEN 'another account has the same email address, and only their owners know whose it is'
        WHEN EXISTS (
            SELECT 1 FROM main.AspNetUsers AS here
            WHERE here.NormalizedEmail = trim(theirs.NormalizedEmail) OR here.Id = upper(theirs.Id))
            THEN 'this database has an account of that address or id already'
    END AS SkippedBecause
FROM old.AspNetUsers AS theirs;

INSERT INTO main.AspNetUsers (
    Id, UserName, NormalizedUserName, Email, NormalizedEmail, EmailConfirmed,
    PasswordHash, SecurityStamp, ConcurrencyStamp,
    PhoneNumber, PhoneNumberConfirmed, TwoFactorEnabled, LockoutEnd, LockoutEnabled, AccessFailedCount,
    DisplayName, Roles, CreatedAt, UpdatedAt, Version, SecurityVersion, Locked)
SELECT
    upper(Id), -- EF Core stores a Guid in SQLite in upper case, and SQLite compares text byte for byte
    trim(Email), trim(NormalizedEmail), -- the user name is the address
    trim(Email), trim(NormalizedEmail), EmailConfirmed,
    PasswordHash,
    coalesce(SecurityStamp, hex(randomblob(16))), coalesce(ConcurrencyStamp, hex(randomblob(16))),
    PhoneNumber, PhoneNumberConfirmed,
    0, -- the script does not copy the keys of second factors
    NULL, 0, 0, -- Identity's own lockout is off here
    NULL, '', strftime('%Y-%m-%d %H:%M:%f', 'now'), strftime('%Y-%m-%d %H:%M:%f', 'now'), 1, 1,
    -- An administrator has set a lockout that lasts for more than a day. Wrong passwords cause shorter ones.
    LockoutEnabled AND coalesce(substr(LockoutEnd, 1, 19) > strftime('%Y-%m-%d %H:%M:%S', 'now', '+1 day'), 0)
FROM old.AspNetUsers
WHERE Id IN (SELECT Id FROM Verdicts WHERE SkippedBecause IS NULL);

SELECT 'brought in', count(*) FROM Verdicts WHERE SkippedBecause IS NULL;
SELECT 'skipped', Id, Email, SkippedBecause FROM Verdicts
WHERE SkippedBecause IS NOT NULL
ORDER BY SkippedBecause, Email, Id;

DROP TABLE Verdicts;
COMMIT;
DETACH DATABASE old;
