internal import CMicroHTTPD
internal import Glibc
internal import Logging

/// The functions that libmicrohttpd calls, on its own threads.
enum ServerCallbacks {
    /// The table of callbacks for a core, which must outlive the daemon.
    static func table(for core: ServerCore) -> vitrine_mhd_callbacks {
        vitrine_mhd_callbacks(
            context: Unmanaged.passUnretained(core).toOpaque(),
            closed: { context, connection in
                guard let core = ServerCallbacks.find(context), let connection else { return }
                core.table.closed(vitrine_mhd_socket(connection))
            },
            target: { context, target, connection in
                guard let core = ServerCallbacks.find(context), let connection else { return nil }
                let bytes = target.map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) } ?? []
                let exchange = Exchange(rawTarget: bytes, socket: vitrine_mhd_socket(connection))
                core.table.startedRequest(exchange.socket, id: exchange.id)
                core.begin(exchange)
                return Unmanaged.passRetained(exchange).toOpaque()
            },
            access: { context, connection, method, version, upload, size, request in
                guard let core = ServerCallbacks.find(context), let connection, let size, let kept = request?.pointee
                else { return 0 }
                let exchange = Unmanaged<Exchange>.fromOpaque(kept).takeUnretainedValue()
                return ServerCallbacks.access(core, exchange, connection, method, version, upload, size) ? 1 : 0
            },
            completed: { context, connection, request, inFull in
                guard let core = ServerCallbacks.find(context), let connection, let kept = request?.pointee else {
                    return
                }
                request?.pointee = nil
                ServerCallbacks.completed(
                    core, Unmanaged<Exchange>.fromOpaque(kept).takeRetainedValue(), connection, inFull: inFull != 0)
            },
            log: { context, line in
                guard let core = ServerCallbacks.find(context), let line else { return }
                core.logger.debug("libmicrohttpd: \(String(cString: line))")
            })
    }

    private static func find(_ context: UnsafeMutableRawPointer?) -> ServerCore? {
        context.map { Unmanaged<ServerCore>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func access(
        _ core: ServerCore, _ exchange: Exchange, _ connection: OpaquePointer, _ method: UnsafePointer<CChar>?,
        _ version: UnsafePointer<CChar>?, _ upload: UnsafePointer<CChar>?, _ size: UnsafeMutablePointer<Int>
    ) -> Bool {
        switch exchange.step {
        case .head:
            exchange.method = method.map { String(cString: $0) } ?? ""
            exchange.headers = headers(of: connection)
            return core.receiveHead(exchange, on: connection, version: version.map { String(cString: $0) } ?? "")
        case .body:
            guard size.pointee > 0, let upload else { return core.receiveEnd(exchange, on: connection) }
            let piece = UnsafeRawBufferPointer(start: upload, count: size.pointee)
            size.pointee = 0
            return core.receiveBody(exchange, piece)
        case .computing:
            return core.receiveOutcome(exchange, on: connection)
        case .answered:
            size.pointee = 0
            return true
        }
    }

    private static func headers(of connection: OpaquePointer) -> HTTPHeaders {
        var headers = HTTPHeaders()
        withUnsafeMutablePointer(to: &headers) { pointer in
            vitrine_mhd_each_header(connection, pointer) { context, name, nameLength, value, valueLength in
                guard let headers = context?.assumingMemoryBound(to: HTTPHeaders.self) else { return }
                headers.pointee.add(
                    ServerCallbacks.text(value, valueLength), to: ServerCallbacks.text(name, nameLength))
            }
        }
        return headers
    }

    private static func text(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> String {
        String(decoding: UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count), as: UTF8.self)
    }

    private static func completed(
        _ core: ServerCore, _ exchange: Exchange, _ connection: OpaquePointer, inFull: Bool
    ) {
        if exchange.mustLinger { core.acceptor.withLock { $0 }?.linger(on: exchange.socket) }
        core.table.finishedRequest(exchange.socket)
        // The library answers some malformed requests by itself.
        if exchange.status == 0 { exchange.status = Int(vitrine_mhd_status(connection)) }
        let nanoseconds = Moment.now - exchange.started
        core.metrics.count(
            method: exchange.method, route: exchange.route?.pattern, status: exchange.status,
            nanoseconds: nanoseconds)
        let milliseconds = Double(nanoseconds / 10_000) / 100
        core.logger.info(
            "request",
            metadata: [
                "request": "\(exchange.id)", "method": "\(exchange.method)", "path": "\(exchange.loggedPath)",
                "status": "\(exchange.status)", "ms": "\(milliseconds)", "bytes": "\(exchange.sentBytes)",
                "complete": "\(inFull || exchange.mustLinger)",
            ])
        core.end(exchange)
    }
}
