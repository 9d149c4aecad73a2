/// What an orchestrator asks: is the process alive, and may it be sent requests.
public enum HealthRoutes {
    /// Whether a server may be sent requests.
    public enum Readiness: Sendable, Equatable {
        /// It may; the text is a word for people, such as `ready`.
        case ready(String)
        /// It may not, for this reason.
        case notReady(String)
    }

    /// Registers `/healthz`, always 200, and `/readyz`, 503 while it is not ready, and while the server drains.
    public static func register(
        on router: inout Router, lifecycle: ServerLifecycle, readiness: @escaping @Sendable () -> Readiness
    ) {
        router.on(.get, "/healthz") { _ in answer("ok", status: 200) }
        router.on(.get, "/readyz") { _ in
            if lifecycle.isDraining { return answer("stopping", status: 503) }
            switch readiness() {
            case .ready(let text): return answer(text, status: 200)
            case .notReady(let reason): return answer(reason, status: 503)
            }
        }
    }

    private static func answer(_ text: String, status: Int) -> HTTPResponse {
        var response = HTTPResponse.text(text + "\n", status: status)
        response.headers["Cache-Control"] = "no-store"
        return response
    }
}
