# The same server as `make run`, with the demo catalog indexed while the image is built.
#   docker build -t vitrine . && docker run --rm -p 8080:8080 vitrine
# Your own catalog: -v /path/to/catalog:/catalog:ro -v vitrine-data:/data and
#   docker run ... vitrine serve --host 0.0.0.0 --catalog /catalog --data /data

FROM swift:6.3-bookworm AS build
WORKDIR /src
COPY Makefile Package.swift ./
COPY .ci .ci
RUN make packages
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --product vitrine --static-swift-stdlib \
    && install -D .build/release/vitrine /out/bin/vitrine \
    && for bundle in .build/release/*.resources; do [ ! -e "$bundle" ] || cp -r "$bundle" /out/bin/; done

FROM debian:bookworm-slim
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends \
        libmicrohttpd12 libjpeg62-turbo libpng16-16 libwebp7 libopenblas0-pthread libsqlite3-0 libarchive13 libpq5 libqrencode4 \
        libcurl4 libstdc++6 \
        ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /data vitrine
COPY --from=build /out/bin /usr/local/bin
COPY Templates /usr/local/share/vitrine/Templates
COPY Languages /usr/local/share/vitrine/Languages
COPY Public /usr/local/share/vitrine/Public
COPY Weights /usr/local/share/vitrine/Weights
COPY catalog /usr/local/share/vitrine/catalog
USER vitrine
WORKDIR /usr/local/share/vitrine
RUN vitrine index --data /data/demo
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["vitrine"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8080", "--data", "/data/demo", "--catalog-language", "en"]
