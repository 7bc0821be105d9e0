using System.Reflection;
using CleanJwt.Application.Accounts;
using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using CleanJwt.Domain.Results;
using FluentValidation;
using Mediator;
using static CleanJwt.Architecture.Tests.Layers;

namespace CleanJwt.Architecture.Tests;

/// <summary>
/// What every use case has: a message, a validator or a reason for none, one sealed handler, and an answer that can be
/// a failure.
/// </summary>
internal sealed class ShapeOfUseCases
{
    private static readonly Type[] Messages = [.. Concrete(Layers.Application).Where(
        type => type.IsAssignableTo(typeof(IMessage)))];

    private static IEnumerable<Type> Handlers =>
        Concrete(Layers.Application).Where(type => MessagesHandledBy(type).Any());

    [Test]
    public void Messages_AreThere() =>
        Assert.That(
            Messages,
            Is.SupersetOf(new[] { typeof(RegisterCommand), typeof(LoginCommand), typeof(GetCurrentUserQuery) }));

    [Test]
    public void EveryMessage_HasAValidatorOrSaysWhyNot() =>
        Assert.That(Messages.Where(HasNoValidator), Is.EquivalentTo(Messages.Where(SaysWhyNot)));

    [TestCaseSource(nameof(Messages))]
    public void EveryMessage_HasOneHandler(Type message) =>
        Assert.That(
            Handlers.Where(handler => MessagesHandledBy(handler).Contains(message)).ToList(), Has.Count.EqualTo(1));

    /// <summary>
    /// The validating step exists only for answers that can be failures: others would pass it by unseen.
    /// </summary>
    [TestCaseSource(nameof(Messages))]
    public void EveryMessage_IsAnsweredWithAResult(Type message) => Assert.That(IsResult(AnswerOf(message)), Is.True);

    [TestCaseSource(nameof(Messages))]
    public void EveryMessage_IsNamedAfterItsUseCase(Type message)
    {
        var kind = message.IsAssignableTo(typeof(IBaseQuery)) ? "Query" : "Command";
        var handler = Handlers.Single(type => MessagesHandledBy(type).Contains(message));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(message.Name, Does.EndWith(kind));
            Assert.That(handler.Name, Is.EqualTo(message.Name[..^kind.Length] + "Handler"));
            Assert.That(handler.Namespace, Is.EqualTo(message.Namespace));
        }
    }

    [Test]
    public void EveryHandlerAndValidator_IsSealed() => Assert.That(Unsealed(Concrete(Layers.Application)), Is.Empty);

    [Test]
    public void Handlers_DoNotCallEachOther()
    {
        var handlers = Handlers.ToList();
        using (Assert.EnterMultipleScope())
        {
            // One by one without itself: in a Release build the compiler's state machine of a handler's method refers
            // to it.
            Assert.That(handlers.SelectMany(
                handler => Dependents([handler], handlers.Where(other => other != handler).Append(typeof(ISender)))),
                Is.Empty);
            Assert.That(Dependents(handlers, [typeof(ISessionRepository)]), Is.Not.Empty);
        }
    }

    [Test]
    public void CarelessUseCase_IsNoticed()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(HasNoValidator(typeof(CarelessCommand)), Is.True);
            Assert.That(SaysWhyNot(typeof(CarelessCommand)), Is.False);
            Assert.That(IsResult(AnswerOf(typeof(CarelessCommand))), Is.False);
            Assert.That(Unsealed([typeof(CarelessHandler), typeof(CarelessValidator)]), Has.Count.EqualTo(2));
        }
    }

    private static IEnumerable<Type> Concrete(Assembly layer) =>
        layer.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false });

    private static bool HasNoValidator(Type message) =>
        !Concrete(Layers.Application).Any(type => type.IsAssignableTo(typeof(IValidator<>).MakeGenericType(message)));

    private static bool SaysWhyNot(Type message) =>
        message.GetCustomAttribute<NoValidatorAttribute>()?.Reason.Length > 0;

    private static IEnumerable<Type> MessagesHandledBy(Type type) =>
        ArgumentsOf(type, typeof(ICommandHandler<,>), typeof(IQueryHandler<,>), typeof(IRequestHandler<,>)).Select(
            arguments => arguments[0]);

    private static Type AnswerOf(Type message) =>
        ArgumentsOf(message, typeof(ICommand<>), typeof(IQuery<>), typeof(IRequest<>)).Single()[0];

    private static bool IsResult(Type answer) =>
        answer.IsGenericType && answer.GetGenericTypeDefinition() == typeof(Result<>);

    private static List<Type> Unsealed(IEnumerable<Type> types) =>
        [.. types.Where(type =>
            !type.IsSealed && (MessagesHandledBy(type).Any() || type.IsAssignableTo(typeof(IValidator))))];

    private static IEnumerable<Type[]> ArgumentsOf(Type type, params Type[] definitions) =>
        from candidate in type.GetInterfaces()
        where candidate.IsGenericType && definitions.Contains(candidate.GetGenericTypeDefinition())
        select candidate.GetGenericArguments();

    private sealed record CarelessCommand : ICommand<string>;

    private class CarelessHandler : ICommandHandler<CarelessCommand, string>
    {
        public ValueTask<string> Handle(CarelessCommand command, CancellationToken cancellationToken) =>
            ValueTask.FromResult("done");
    }

    private class CarelessValidator : AbstractValidator<string>;
}
