using CleanJwt.Infrastructure.Accounts;
using CleanJwt.Infrastructure.Persistence.Sqlite;
using CleanJwt.Infrastructure.Persistence.SqlServer;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Infrastructure.Persistence.Setup;

/// <summary>Serves <c>dotnet ef migrations add</c>, which needs the model and no database.</summary>
internal sealed class SqliteDesignTimeFactory : IDesignTimeDbContextFactory<SqliteDbContext>
{
    public SqliteDbContext CreateDbContext(string[] args) => CreateDbContext("Data Source=design-time.db");

    public static SqliteDbContext CreateDbContext(string connectionString) =>
        new(new DbContextOptionsBuilder<SqliteDbContext>()
            .UseSqlite(connectionString).UseApplicationServiceProvider(DesignTime.Services).Options);
}

/// <inheritdoc cref="SqliteDesignTimeFactory"/>
internal sealed class SqlServerDesignTimeFactory : IDesignTimeDbContextFactory<SqlServerDbContext>
{
    public SqlServerDbContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<SqlServerDbContext>()
        .UseSqlServer("Server=design-time;Database=cleanjwt").UseApplicationServiceProvider(
            DesignTime.Services).Options);
}

internal static class DesignTime
{
    // Identity's part of the model depends on these options.
    public static readonly ServiceProvider Services = new ServiceCollection(
        ).Configure<IdentityOptions>(IdentitySettings.Apply).BuildServiceProvider();
}
