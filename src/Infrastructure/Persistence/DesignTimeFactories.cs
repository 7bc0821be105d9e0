using CleanJwt.Infrastructure.Identity;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Infrastructure.Persistence;

/// <summary>For <c>dotnet ef migrations add</c>, which needs the model and no database.</summary>
internal sealed class SqliteDesignTimeFactory : IDesignTimeDbContextFactory<SqliteDbContext>
{
    // Identity's part of the model depends on these options.
    private static readonly ServiceProvider Services = new ServiceCollection().Configure<IdentityOptions>(IdentitySettings.Apply).BuildServiceProvider();

    public SqliteDbContext CreateDbContext(string[] args) => CreateDbContext("Data Source=design-time.db");

    public static SqliteDbContext CreateDbContext(string connectionString) =>
        new(new DbContextOptionsBuilder<SqliteDbContext>().UseSqlite(connectionString).UseApplicationServiceProvider(Services).Options);
}
