using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

// The code of the tutorials: minimal API, JwtBearer with its defaults, a scoped context and LINQ. It has no revocation.
const string Audience = "peer";
const string Password = "correct horse battery staple";
var key = new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "1" };
var credentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256);
var tokens = new JsonWebTokenHandler();
var hasher = new PasswordHasher<User>();

var builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var file = Path.Combine(Path.GetTempPath(), $"hand-written-{Environment.ProcessId}.db");
builder.Services.AddDbContext<Users>(options => options.UseSqlite($"Data Source={file}"));
builder.Services.AddAuthorization();
builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
{
    options.MapInboundClaims = false;
    options.TokenValidationParameters = new TokenValidationParameters
    {
        ValidIssuer = Audience,
        ValidAudience = Audience,
        IssuerSigningKey = key,
    };
});
var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.MapGet("/ready", () => "ready");
app.MapPost("/login", async (Credentials request, Users users) =>
{
    var user = await users.All.SingleOrDefaultAsync(user => user.Email == request.Email);
    var result = user is null
        ? PasswordVerificationResult.Failed
        : hasher.VerifyHashedPassword(user, user.PasswordHash, request.Password);
    return result == PasswordVerificationResult.Failed
        ? Results.Unauthorized()
        : Results.Ok(new { accessToken = Issue(user!.Id) });
});
app.MapGet("/me", async (ClaimsPrincipal caller, Users users) =>
{
    var id = Guid.Parse(caller.FindFirstValue("sub")!);
    return await users.All
        .Where(user => user.Id == id)
        .Select(user => new { user.Id, user.Email, user.DisplayName, user.CreatedAt })
        .SingleOrDefaultAsync();
}).RequireAuthorization();
app.MapGet(
    "/token",
    (ClaimsPrincipal caller) => new { sub = caller.FindFirstValue("sub"), expiresAt = caller.FindFirstValue("exp") })
    .RequireAuthorization();

using (var scope = app.Services.CreateScope())
{
    var users = scope.ServiceProvider.GetRequiredService<Users>();
    users.Database.EnsureCreated();
    var hash = hasher.HashPassword(new User(), Password);
    users.AddRange(Enumerable.Range(0, 1_000).Select(n => new User
    {
        Id = Guid.CreateVersion7(),
        Email = $"user{n}@example.com",
        DisplayName = $"User {n}",
        PasswordHash = hash,
        CreatedAt = DateTime.UtcNow,
    }));
    users.SaveChanges();
}

await app.RunAsync();
File.Delete(file);

string Issue(Guid id) => tokens.CreateToken(new SecurityTokenDescriptor
{
    Issuer = Audience,
    Audience = Audience,
    Expires = DateTime.UtcNow.AddHours(1),
    Claims = new Dictionary<string, object> { ["sub"] = id.ToString() },
    SigningCredentials = credentials,
});

internal sealed record Credentials(string Email, string Password);

internal sealed class User
{
    public Guid Id { get; set; }

    public string Email { get; set; } = "";

    public string? DisplayName { get; set; }

    public string PasswordHash { get; set; } = "";

    public DateTime CreatedAt { get; set; }
}

internal sealed class Users(DbContextOptions<Users> options) : DbContext(options)
{
    public DbSet<User> All => Set<User>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.Entity<User>().HasIndex(user => user.Email).IsUnique();
}
