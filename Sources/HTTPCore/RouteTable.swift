/// A router's routes, made ready for looking up.
package struct RouteTable: Sendable {
    private enum Segment {
        case literal(String)
        case parameter(String)
        case rest(String)
    }

    private struct Entry {
        let route: Route
        let segments: [Segment]
    }

    /// What a lookup gave.
    package enum Match: Sendable {
        /// This route, with what its `{name}` places took.
        case route(Route, parameters: [String: String])
        /// The path is known, for these methods alone.
        case methods([HTTPMethod])
        /// No route has this path.
        case none
    }

    private let entries: [Entry]

    /// Every method that some route answers.
    package var methods: [HTTPMethod] {
        Self.complete(entries.map(\.route.method))
    }

    /// Reads the patterns. A pattern that does not start with `/`, or goes on after `{name...}`, is a
    /// programmer's mistake and traps.
    package init(_ router: Router) {
        entries = router.routes.map { Entry(route: $0, segments: Self.segments(of: $0.pattern)) }
    }

    /// The first route, in the order of registration, that has this path and method; GET also answers HEAD.
    /// O(routes).
    package func match(_ method: HTTPMethod, segments: [String]) -> Match {
        var others: [HTTPMethod] = []
        var forHead: Match?
        for entry in entries {
            guard let parameters = Self.parameters(of: entry.segments, in: segments) else { continue }
            if entry.route.method == method { return .route(entry.route, parameters: parameters) }
            if method == .head, entry.route.method == .get, forHead == nil {
                forHead = .route(entry.route, parameters: parameters)
            }
            others.append(entry.route.method)
        }
        if let forHead { return forHead }
        return others.isEmpty ? .none : .methods(Self.complete(others))
    }

    private static func complete(_ methods: [HTTPMethod]) -> [HTTPMethod] {
        HTTPMethod.allCases.filter { method in
            method == .options || methods.contains(method) || (method == .head && methods.contains(.get))
        }
    }

    private static func segments(of pattern: String) -> [Segment] {
        precondition(pattern.hasPrefix("/"), "a route's pattern starts with /: \(pattern)")
        let parts = pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        return parts.enumerated().map { index, part in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .literal(String(part)) }
            let name = part.dropFirst().dropLast()
            guard name.hasSuffix("...") else { return .parameter(String(name)) }
            precondition(index == parts.count - 1, "{name...} ends a pattern: \(pattern)")
            return .rest(String(name.dropLast(3)))
        }
    }

    private static func parameters(of pattern: [Segment], in path: [String]) -> [String: String]? {
        var parameters: [String: String] = [:]
        var index = 0
        for segment in pattern {
            guard index < path.count else { return nil }
            switch segment {
            case .literal(let text):
                guard text == path[index] else { return nil }
            case .parameter(let name):
                guard !path[index].isEmpty else { return nil }
                parameters[name] = path[index]
            case .rest(let name):
                parameters[name] = path[index...].joined(separator: "/")
                return parameters
            }
            index += 1
        }
        return index == path.count ? parameters : nil
    }
}
