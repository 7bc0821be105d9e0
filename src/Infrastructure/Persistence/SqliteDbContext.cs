using Microsoft.EntityFrameworkCore;

namespace CleanJwt.Infrastructure.Persistence;

public sealed class SqliteDbContext(DbContextOptions<SqliteDbContext> options) : AppDbContext(options)
{
    private static readonly CompiledQueries SqliteQueries = new();

    internal override CompiledQueries Queries => SqliteQueries;
}
