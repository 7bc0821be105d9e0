using Microsoft.Data.Sqlite;

// /me is the baseline of all ratios: the same JSON without authentication and without a database. /read adds one
// prepared read, the least that an embedded database can cost.
var builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var app = builder.Build();

var user = new User(
    Guid.NewGuid(),
    "user0@example.com",
    EmailConfirmed: false,
    "User 0",
    [],
    DateTimeOffset.UnixEpoch,
    DateTimeOffset.UnixEpoch);
app.MapGet("/me", () => user);

var file = Path.Combine(Path.GetTempPath(), $"bare-{Environment.ProcessId}.db");
using var database = new SqliteConnection($"Data Source={file}");
database.Open();
Execute("PRAGMA journal_mode=WAL; CREATE TABLE Users (Id TEXT PRIMARY KEY, Email TEXT NOT NULL, DisplayName TEXT); ");
Execute($"INSERT INTO Users VALUES ('{user.Id}', '{user.Email}', '{user.DisplayName}')");
using var read = database.CreateCommand();
read.CommandText = "SELECT Email, DisplayName FROM Users WHERE Id = $id";
read.Parameters.AddWithValue("$id", user.Id.ToString());
var connectionLock = new Lock();
app.MapGet("/read", () =>
{
    lock (connectionLock)
    {
        using var row = read.ExecuteReader();
        row.Read();
        return user with { Email = row.GetString(0), DisplayName = row.GetString(1) };
    }
});

await app.RunAsync();
SqliteConnection.ClearAllPools();
File.Delete(file);

void Execute(string sql)
{
    using var command = database.CreateCommand();
    command.CommandText = sql;
    command.ExecuteNonQuery();
}

internal sealed record User(
    Guid Id,
    string Email,
    bool EmailConfirmed,
    string? DisplayName,
    IReadOnlyList<string> Roles,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);
