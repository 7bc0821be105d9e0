namespace CleanJwt;

/// <summary>What a database may be; <c>Database:Provider</c> has the same names.</summary>
public enum DatabaseKind
{
    Sqlite,
    SqlServer,
}
