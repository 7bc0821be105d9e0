using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

// The endpoints of ASP.NET Core Identity: opaque bearer tokens without revocation, and a user lookup per request.
const string Password = "correct horse battery staple";
var builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var file = Path.Combine(Path.GetTempPath(), $"map-identity-api-{Environment.ProcessId}.db");
builder.Services.AddDbContext<Users>(options => options.UseSqlite($"Data Source={file}"));
builder.Services.AddAuthorization();
builder.Services.AddIdentityApiEndpoints<IdentityUser>().AddEntityFrameworkStores<Users>();
var app = builder.Build();
app.UseAuthorization();
app.MapGet("/ready", () => "ready");
app.MapIdentityApi<IdentityUser>();

using (var scope = app.Services.CreateScope())
{
    var users = scope.ServiceProvider.GetRequiredService<Users>();
    users.Database.EnsureCreated();
    var hash = new PasswordHasher<IdentityUser>().HashPassword(new IdentityUser(), Password);
    var emails = Enumerable.Range(0, 1_000).Select(n => $"user{n}@example.com");
    users.AddRange(emails.Select(email => new IdentityUser(email)
    {
        NormalizedUserName = email.ToUpperInvariant(),
        Email = email,
        NormalizedEmail = email.ToUpperInvariant(),
        PasswordHash = hash,
    }));
    users.SaveChanges();
}

await app.RunAsync();
File.Delete(file);

internal sealed class Users(DbContextOptions<Users> options) : IdentityDbContext<IdentityUser>(options);
