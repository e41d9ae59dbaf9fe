// Command tail follows a stream by SSE and resumes by Last-Event-ID: tail URL [OFFSET].
// Data goes to standard output, the last offset to standard error.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// errRefused ends the program: asking again would not help.
var errRefused = errors.New("refused")

// silence is how long a connection may bring nothing: servers send something every 15 s or so.
const silence = 45 * time.Second

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: tail URL [OFFSET]")
		os.Exit(2)
	}
	last := "-1"
	if len(os.Args) > 2 {
		last = os.Args[2]
	}
	for wait := time.Second; ; {
		started := last
		closed, err := follow(os.Args[1], &last)
		if closed {
			return
		}
		if errors.Is(err, errRefused) {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if last != started { // it went on: the next wait is a short one
			wait = time.Second
		}
		time.Sleep(wait)
		wait = min(2*wait, 30*time.Second)
	}
}

// follow reads one connection to its end, and keeps the id of the last event in last.
func follow(address string, last *string) (closed bool, err error) {
	target, err := url.Parse(address)
	if err != nil {
		return false, fmt.Errorf("%w: %w", errRefused, err)
	}
	query := target.Query()
	query.Set("offset", *last)
	query.Set("live", "sse")
	target.RawQuery = query.Encode()
	request, err := http.NewRequest(http.MethodGet, target.String(), nil)
	if err != nil {
		return false, fmt.Errorf("%w: %w", errRefused, err)
	}
	request.Header.Set("Accept", "text/event-stream")
	if *last != "-1" {
		request.Header.Set("Last-Event-ID", *last)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		if response.StatusCode >= 400 && response.StatusCode < 500 && response.StatusCode != http.StatusTooManyRequests {
			return false, fmt.Errorf("%w: %s", errRefused, response.Status)
		}
		return false, errors.New(response.Status)
	}
	return events(response.Body, last)
}

// events reads events until the stream is closed or the connection ends.
func events(body io.ReadCloser, last *string) (closed bool, err error) {
	watchdog := time.AfterFunc(silence, func() { body.Close() })
	defer watchdog.Stop()
	reader := bufio.NewReader(body)
	var kind, id string
	var data []string
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			return false, err // an event that is not complete is none
		}
		watchdog.Reset(silence)
		field, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "event":
			kind = value
		case "data":
			data = append(data, value)
		case "id":
			id = value
		case "":
			if line != "\n" && line != "\r\n" {
				continue // a comment
			}
			text := strings.Join(data, "\n")
			if kind == "data" {
				fmt.Print(text)
			}
			if id != "" {
				*last = id
				fmt.Fprintln(os.Stderr, "offset", id)
			}
			if kind == "control" && strings.Contains(text, `"streamClosed":true`) {
				return true, nil
			}
			kind, id, data = "", "", nil
		}
	}
}

func min(a, b time.Duration) time.Duration {
	if a < b {
		return a
	}
	return b
}
