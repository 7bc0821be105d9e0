using System.Buffers.Binary;
using CleanJwt.Domain.Passwords;
using CleanJwt.Infrastructure.Passwords.Throttle;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace CleanJwt.Infrastructure.Persistence.Configurations;

internal sealed class PasswordAttemptConfiguration : IEntityTypeConfiguration<PasswordAttemptRow>
{
    public void Configure(EntityTypeBuilder<PasswordAttemptRow> builder)
    {
        builder.ToTable("PasswordAttempts");
        builder.HasKey(row => row.Key);
        builder.Property(row => row.Key).HasMaxLength(AttemptKey.Size);
        builder.Property(row => row.Tries).HasConversion<PasswordAttemptsConverter>();
        builder.HasIndex(row => row.OverAt);
    }
}

/// <summary>The moment of the pause, or zero, and then the tries one after the other.</summary>
internal sealed class PasswordAttemptsConverter() : ValueConverter<PasswordAttempts, byte[]>(tries => Write(tries), bytes => Read(bytes))
{
    private const int MomentSize = sizeof(long);
    private const int IdSize = 16;
    private const int TrySize = IdSize + MomentSize + 1;

    internal static byte[] Write(PasswordAttempts tries)
    {
        var bytes = new byte[MomentSize + (tries.All.Count * TrySize)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, tries.PausedAt?.UtcTicks ?? 0);
        var rest = bytes.AsSpan(MomentSize);
        foreach (var one in tries.All)
        {
            one.Id.TryWriteBytes(rest, bigEndian: true, out _);
            BinaryPrimitives.WriteInt64BigEndian(rest[IdSize..], one.At.UtcTicks);
            rest[TrySize - 1] = one.IsWrong ? (byte)1 : (byte)0;
            rest = rest[TrySize..];
        }

        return bytes;
    }

    internal static PasswordAttempts Read(byte[] bytes)
    {
        var all = new List<PasswordAttempt>();
        for (var rest = bytes.AsSpan(MomentSize); rest.Length >= TrySize; rest = rest[TrySize..])
        {
            all.Add(new PasswordAttempt(new Guid(rest[..IdSize], bigEndian: true), Moment(rest[IdSize..]), IsWrong: rest[TrySize - 1] == 1));
        }

        return new PasswordAttempts(all, Moment(bytes) is { Ticks: > 0 } pausedAt ? pausedAt : null);
    }

    private static DateTimeOffset Moment(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadInt64BigEndian(bytes), TimeSpan.Zero);
}
