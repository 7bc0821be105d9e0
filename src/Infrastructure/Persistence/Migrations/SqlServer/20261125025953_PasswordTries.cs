using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CleanJwt.Infrastructure.Persistence.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class PasswordTries : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "PasswordTries",
                columns: table => new
                {
                    Key = table.Column<byte[]>(type: "varbinary(17)", maxLength: 17, nullable: false),
                    Tries = table.Column<byte[]>(type: "varbinary(max)", nullable: false),
                    OverAt = table.Column<DateTime>(type: "datetime2", nullable: false),
                    Stamp = table.Column<Guid>(type: "uniqueidentifier", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PasswordTries", x => x.Key);
                });

            migrationBuilder.CreateTable(
                name: "Secrets",
                columns: table => new
                {
                    Name = table.Column<string>(type: "nvarchar(32)", maxLength: 32, nullable: false),
                    ProtectedValue = table.Column<byte[]>(type: "varbinary(max)", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Secrets", x => x.Name);
                });

            migrationBuilder.CreateIndex(
                name: "IX_PasswordTries_OverAt",
                table: "PasswordTries",
                column: "OverAt");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "PasswordTries");

            migrationBuilder.DropTable(
                name: "Secrets");
        }
    }
}
