using CleanJwt.Application.Pipeline;
using CleanJwt.Application.Ports;
using CleanJwt.Domain.Accounts;
using CleanJwt.Domain.Results;
using Mediator;

namespace CleanJwt.Application.SecondFactors;

/// <summary>Reads which second factors an account has.</summary>
/// <param name="AccountId">The token's <c>sub</c>.</param>
[NoValidator("The id comes from an accepted token, not from the request.")]
public sealed record GetSecondFactorsQuery(Guid AccountId) : IQuery<Result<SecondFactorStatus>>;

public sealed class GetSecondFactorsHandler(ISecondFactorRepository factors)
    : IQueryHandler<GetSecondFactorsQuery, Result<SecondFactorStatus>>
{
    public async ValueTask<Result<SecondFactorStatus>> Handle(
        GetSecondFactorsQuery query, CancellationToken cancellationToken) =>
        await factors.FindStatusAsync(query.AccountId, cancellationToken) is { } status
            ? status
            : AccountErrors.UserNotFound;
}
