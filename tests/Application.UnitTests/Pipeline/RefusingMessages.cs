using CleanJwt.Application.Pipeline;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;
using Microsoft.Extensions.DependencyInjection;

namespace CleanJwt.Application.UnitTests.Pipeline;

/// <summary>The validation before every handler: valid messages pass, others are answered at once.</summary>
internal sealed class RefusingMessages
{
    private readonly List<Note> _handled = [];

    [Test]
    public async Task GoodMessage_IsHandled()
    {
        var note = new Note("Hello", "world");

        var result = await SendAsync(note, new TitleRules(), new BodyRules());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Value, Is.EqualTo("handled"));
            Assert.That(_handled, Is.EqualTo(new[] { note }));
        }
    }

    [Test]
    public async Task MessageWithoutRules_IsHandled()
    {
        var result = await SendAsync(new Note("", ""));

        Assert.That(result.Value, Is.EqualTo("handled"));
    }

    [Test]
    public async Task BadMessage_NeverReachesItsHandler()
    {
        var result = await SendAsync(new Note("", "world"), new TitleRules());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error?.Code, Is.EqualTo("validation-failed"));
            Assert.That(_handled, Is.Empty);
        }
    }

    [Test]
    public async Task Fields_AreNamedAsClientsNameThemWithAllTheirMessages()
    {
        var result = await SendAsync(new Note("", ""), new TitleRules(), new BodyRules());

        var fields = result.Error!.Fields!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fields.Keys, Is.EquivalentTo(new[] { "shortTitle", "body" }));
            Assert.That(fields["shortTitle"], Is.EqualTo(new[] { "Required.", "Too short." }));
            Assert.That(fields["body"], Is.EqualTo(new[] { "Required." }));
        }
    }

    [Test]
    public async Task Validators_AreMadeOnceForTheFirstMessage()
    {
        var made = 0;
        await using var services = new ServiceCollection()
            .AddTransient<IValidator<Note>>(_ =>
            {
                made++;
                return new TitleRules();
            })
            .BuildServiceProvider();

        var behavior = new ValidationBehavior<Note, Result<string>>(services);
        Assert.That(made, Is.Zero);
        for (var message = 1; message <= 2; message++)
        {
            await behavior.Handle(new Note("Hello", "world"), Handle, CancellationToken.None);
            Assert.That(made, Is.EqualTo(1));
        }
    }

    private async Task<Result<string>> SendAsync(Note note, params IValidator<Note>[] validators)
    {
        var services = new ServiceCollection();
        foreach (var validator in validators)
        {
            services.AddSingleton(validator);
        }

        await using var provider = services.BuildServiceProvider();
        return await new ValidationBehavior<Note, Result<string>>(provider).Handle(
            note, Handle, CancellationToken.None);
    }

    private ValueTask<Result<string>> Handle(Note note, CancellationToken cancellationToken)
    {
        _handled.Add(note);
        return ValueTask.FromResult<Result<string>>("handled");
    }

    internal sealed record Note(string ShortTitle, string Body) : IMessage;

    private sealed class TitleRules : AbstractValidator<Note>
    {
        public TitleRules() => RuleFor(note => note.ShortTitle)
            .NotEmpty().WithMessage("Required.")
            .MinimumLength(2).WithMessage("Too short.");
    }

    private sealed class BodyRules : AbstractValidator<Note>
    {
        public BodyRules() => RuleFor(note => note.Body).NotEmpty().WithMessage("Required.");
    }
}
