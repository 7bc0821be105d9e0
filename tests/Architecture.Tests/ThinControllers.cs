using CleanJwt.Application.Ports;
using CleanJwt.Application.Sessions;
using Mediator;
using Microsoft.AspNetCore.Mvc;
using static CleanJwt.Architecture.Tests.Layers;

namespace CleanJwt.Architecture.Tests;

/// <summary>Controllers translate HTTP to one message and back: they reach nothing else of the layers below.</summary>
internal sealed class ThinControllers
{
    private static readonly Type[] Services = [typeof(ISender), typeof(IIssuerMetadata)];

    private static readonly Type[] Controllers = [.. Layers.WebApi.GetTypes().Where(
        type => type.IsAssignableTo(typeof(ControllerBase)))];

    private static IEnumerable<Type> BehindTheSender => Layers.Application.GetTypes().Where(type =>
        (type.IsInterface && !Services.Contains(type))
        || type.Name.EndsWith("Handler", StringComparison.Ordinal)
        || type == typeof(SessionTokens));

    [Test]
    public void Controllers_AreThere() => Assert.That(Controllers, Is.Not.Empty);

    [TestCaseSource(nameof(Controllers))]
    public void Constructor_TakesOnlyTheSenderOrTheIssuersMetadata(Type controller) =>
        Assert.That(OtherServicesOf(controller), Is.Empty);

    [Test]
    public void PortsAndHandlers_AreOutOfReach()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Dependents(Controllers, BehindTheSender), Is.Empty);
            Assert.That(Dependents([typeof(LoginHandler)], BehindTheSender), Is.Not.Empty);
        }
    }

    [Test]
    public void CarelessController_IsNoticed() =>
        Assert.That(
            OtherServicesOf(typeof(CarelessController)),
            Is.EqualTo(new[] { typeof(IUserRepository), typeof(LoginHandler) }));

    private static IEnumerable<Type> OtherServicesOf(Type controller) =>
        controller.GetConstructors()
            .SelectMany(constructor => constructor.GetParameters())
            .Select(parameter => parameter.ParameterType)
            .Except(Services);

    [NonController]
    private sealed class CarelessController(
        ISender sender, IUserRepository users, LoginHandler handler) : ControllerBase
    {
        public override string ToString() => $"{sender} {users} {handler}";
    }
}
