// Follows a stream by SSE and resumes by Last-Event-ID: tail URL [OFFSET].
// Data goes to standard output, the last offset to standard error.
import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking  // where URLSession is outside Apple's systems
#endif

/// Asking again would not help.
struct Refused: Error { let status: Int }

/// What a connection brings, piece by piece, as soon as it is there. (`URLSession.bytes` is there on Apple's systems only.)
final class Connection: NSObject, URLSessionDataDelegate {
    let pieces: AsyncThrowingStream<Data, Error>
    private let feed: AsyncThrowingStream<Data, Error>.Continuation

    override init() {
        (pieces, feed) = AsyncThrowingStream.makeStream(of: Data.self)
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        if status == 200 { return completionHandler(.allow) }
        let final = (400..<500).contains(status) && status != 429
        feed.finish(throwing: final ? Refused(status: status) : URLError(.badServerResponse))
        completionHandler(.cancel)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        feed.yield(data)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: Error?) {
        feed.finish(throwing: error)
    }
}

/// Reads one connection to its end and keeps the id of the last event. Returns true once the stream is closed.
func follow(_ address: String, last: inout String) async throws -> Bool {
    guard var components = URLComponents(string: address) else { throw Refused(status: 400) }
    components.queryItems = (components.queryItems ?? []) + [
        URLQueryItem(name: "offset", value: last), URLQueryItem(name: "live", value: "sse"),
    ]
    guard let url = components.url else { throw Refused(status: 400) }
    var request = URLRequest(url: url)
    request.timeoutInterval = 45 // silence: servers send something every 15 s or so
    request.setValue("text/event-stream", forHTTPHeaderField: "Accept")
    if last != "-1" { request.setValue(last, forHTTPHeaderField: "Last-Event-ID") }

    let connection = Connection()
    let session = URLSession(configuration: .ephemeral, delegate: connection, delegateQueue: nil)
    defer { session.invalidateAndCancel() }
    session.dataTask(with: request).resume()
    var line: [UInt8] = []
    var kind = "", id = ""
    var data: [String] = []
    for try await piece in connection.pieces {
        for byte in piece {
            if byte != 10 { line.append(byte); continue }
            if line.last == 13 { line.removeLast() }
            let text = String(decoding: line, as: UTF8.self)
            line.removeAll(keepingCapacity: true)
            if text.isEmpty {
                let payload = data.joined(separator: "\n")
                if kind == "data" { FileHandle.standardOutput.write(Data(payload.utf8)) }
                if !id.isEmpty {
                    last = id
                    FileHandle.standardError.write(Data("offset \(id)\n".utf8))
                }
                if kind == "control" && payload.contains("\"streamClosed\":true") { return true }
                kind = ""; id = ""; data = []
                continue
            }
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            var value = parts.count > 1 ? String(parts[1]) : ""
            if value.hasPrefix(" ") { value.removeFirst() }
            switch parts[0] {
            case "event": kind = value
            case "data": data.append(value)
            case "id": id = value
            default: break
            }
        }
    }
    return false
}

guard CommandLine.arguments.count > 1 else {
    FileHandle.standardError.write(Data("usage: tail URL [OFFSET]\n".utf8))
    exit(2)
}
var last = CommandLine.arguments.count > 2 ? CommandLine.arguments[2] : "-1"
var wait: UInt64 = 1
while true {
    let started = last
    do {
        if try await follow(CommandLine.arguments[1], last: &last) { exit(0) }
    } catch let refused as Refused {
        FileHandle.standardError.write(Data("refused: \(refused.status)\n".utf8))
        exit(1)
    } catch {
        // No answer, or half an answer: the same offset again, a little later.
    }
    wait = last == started ? min(2 * wait, 30) : 1
    try await Task.sleep(nanoseconds: wait * 1_000_000_000)
}
