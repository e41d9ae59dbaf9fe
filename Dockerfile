# Perennial in a container: one executable on a base that has a C library and little else.
#
#   docker build -t perennial .
#   docker run --rm -v perennial:/data perennial service create my-app --data-dir /data   # prints a secret
#   docker run -p 4437:4437 -v perennial:/data perennial
#
# In its container it listens for other machines, so it does not start without a service, unless "serve --no-auth" says that
# whoever reaches the published port may read, write and delete everything (SECURITY.md).

FROM node:20-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npm ci && npm run build:binary && mkdir /data

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/packages/cli/dist/perennial /usr/local/bin/perennial
COPY --from=build --chown=65532:65532 /data /data
ENV PERENNIAL_HOST=0.0.0.0
ENV PERENNIAL_DATA_DIR=/data
VOLUME ["/data"]
EXPOSE 4437
ENTRYPOINT ["/usr/local/bin/perennial"]
CMD ["serve"]
