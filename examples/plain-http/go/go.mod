module perennial.dev/examples/plain-http

go 1.21
