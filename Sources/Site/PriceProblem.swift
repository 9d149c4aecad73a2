import HTTPCore

/// What is wrong with the price range of a query.
package enum PriceProblem: Error, Sendable, Equatable {
    /// An end is given more than once. The payload is its name.
    case repeated(String)
    /// An end is no price. The payloads are its name and what was given.
    case noNumber(String, String)
    /// The lower end is above the upper one.
    case reversed

    /// What a program is told.
    package var refusal: HTTPError {
        let (message, name) =
            switch self {
            case .repeated(let name): ("\(name) is given more than once.", name)
            case .noNumber(let name, let text):
                ("\(name) is \"\(text)\"; it must be a number that is not negative, such as 39.90.", name)
            case .reversed: ("price_min is above price_max, so that no price lies between them.", "price_min")
            }
        return HTTPError(400, code: "invalid_parameter", message: message, details: ["name": name])
    }

    /// What a shopper is told.
    package func text(in language: Language) -> String {
        switch self {
        case .repeated: language.text("filters.problem.repeated")
        case .noNumber(_, let text):
            language.text(
                "filters.problem.number",
                ["text": String(text.prefix(100)), "example": language.numbers.number(39, decimals: "90")])
        case .reversed: language.text("filters.problem.reversed")
        }
    }
}
