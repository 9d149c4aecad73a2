/// What an orchestrator asks: is the process alive, and may it be sent requests.
public enum HealthRoutes {
    /// Registers `/healthz`, always 200, and `/readyz`, 503 until `isReady` and again while the server drains.
    public static func register(
        on router: inout Router, lifecycle: ServerLifecycle, isReady: @escaping @Sendable () -> Bool
    ) {
        router.on(.get, "/healthz") { _ in answer("ok", status: 200) }
        router.on(.get, "/readyz") { _ in
            if lifecycle.isDraining { return answer("stopping", status: 503) }
            return isReady() ? answer("ready", status: 200) : answer("starting", status: 503)
        }
    }

    private static func answer(_ text: String, status: Int) -> HTTPResponse {
        var response = HTTPResponse.text(text + "\n", status: status)
        response.headers["Cache-Control"] = "no-store"
        return response
    }
}
