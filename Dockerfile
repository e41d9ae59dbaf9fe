# Perennial in a container: one executable on a base that has a C library and little else.
#
#   docker build -t perennial .
#   docker run -p 127.0.0.1:4437:4437 -v perennial:/data perennial serve --no-auth
#
# In its container it listens for other machines: the host's, at least. --no-auth says that whoever reaches the port that is
# published may read, write and delete everything; without it the server does not start (SECURITY.md).

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
