FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source

# What the restore depends on and nothing else, so that its layer is made again only when one of these changes.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY src/Domain/Domain.csproj src/Domain/
COPY src/Application/Application.csproj src/Application/
COPY src/Infrastructure/Infrastructure.csproj src/Infrastructure/
COPY src/WebApi/WebApi.csproj src/WebApi/
RUN dotnet restore src/WebApi --use-current-runtime -p:PublishReadyToRun=true

COPY .editorconfig ./
COPY src src
# For this kind of machine alone, and compiled ahead of time: that shortens a start by a third.
RUN dotnet publish src/WebApi --no-restore --configuration Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true --output /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .

# All that is ever written is in /data, so the rest of the file system can be read-only.
RUN mkdir --mode=700 /data && chown "$APP_UID" /data
VOLUME /data
# The threshold, in bytes, has glibc give back what the just-in-time compiler had: it takes it in pieces of 64 KiB.
ENV ASPNETCORE_URLS=http://+:8080 \
    ConnectionStrings__Default="Data Source=/data/cleanjwt.db" \
    DOTNET_EnableDiagnostics=0 \
    MALLOC_MMAP_THRESHOLD_=65536
USER $APP_UID
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --retries=3 CMD ["dotnet", "CleanJwt.WebApi.dll", "health"]
ENTRYPOINT ["dotnet", "CleanJwt.WebApi.dll"]
