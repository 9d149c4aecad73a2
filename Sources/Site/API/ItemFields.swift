import CatalogStore
import Foundation
import HTTPCore

/// An item in the body of a request that adds or changes it.
struct ItemFields {
    /// The item, without its photo.
    let item: CatalogItem
    /// The photo's bytes, if one came.
    let photo: [UInt8]?

    private static let known = [
        "id", "name", "category", "colour", "gender", "price", "currency", "url", "description",
    ]

    /// Reads `multipart/form-data` with the item's fields and `image`, every other field being an attribute, or JSON without
    /// a photo.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - id: the identifier from the address, if it is there; the body's must be the same then.
    /// - Throws: `HTTPError` 400 `invalid_item`, and as ``UploadedPhoto``.
    init(_ request: HTTPRequest, id: String?) throws(HTTPError) {
        switch request.body {
        case .none:
            throw Self.invalid("The request has no body.")
        case .form(let fields):
            let hasImage = fields.contains { $0.name == "image" && !$0.content.isEmpty }
            photo = hasImage ? try UploadedPhoto.bytes(of: request, acceptsRaw: false) : nil
            var texts: [(name: String, value: String)] = []
            for field in fields where field.name != "image" {
                guard let text = String(validating: field.content, as: UTF8.self) else {
                    throw Self.invalid("The field \(field.name) is not UTF-8.")
                }
                texts.append((name: field.name, value: text))
            }
            item = try Self.item(texts, price: nil, id: id)
        case .raw(let contentType, let bytes):
            guard (contentType ?? "").lowercased().hasPrefix("application/json") else {
                throw HTTPError(
                    415, code: "unsupported_media_type",
                    message: "Send multipart/form-data with the item's fields and its photo in \"image\", or "
                        + "application/json without a photo.")
            }
            photo = nil
            item = try Self.item(json: bytes, id: id)
        }
    }

    private struct JSONFields: Decodable {
        let texts: [(name: String, value: String)]
        let price: Double?

        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            var texts: [(name: String, value: String)] = []
            price = try container.decodeIfPresent(Double.self, forKey: Key(stringValue: "price"))
            for key in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
                switch key.stringValue {
                case "price": break
                case "attributes":
                    let attributes = try container.decodeIfPresent([String: String].self, forKey: key) ?? [:]
                    texts += attributes.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
                case let name where known.contains(name):
                    if let text = try container.decodeIfPresent(String.self, forKey: key) {
                        texts.append((name: name, value: text))
                    }
                default:
                    throw DecodingError.dataCorruptedError(
                        forKey: key, in: container, debugDescription: "There is no field \(key.stringValue).")
                }
            }
            self.texts = texts
        }
    }

    private static func item(json bytes: [UInt8], id: String?) throws(HTTPError) -> CatalogItem {
        let fields: JSONFields
        do {
            fields = try JSONDecoder().decode(JSONFields.self, from: Data(bytes))
        } catch DecodingError.dataCorrupted(let context) {
            throw invalid(context.codingPath.isEmpty ? "The body is not JSON." : context.debugDescription)
        } catch DecodingError.typeMismatch(_, let context) {
            let name = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw invalid(
                name.isEmpty
                    ? "The body is not a JSON object."
                    : "\(name) has another type: price is a number, attributes an object of texts, all else a text.")
        } catch {
            throw invalid("The body is not an item in JSON.")
        }
        return try item(fields.texts, price: fields.price, id: id)
    }

    private static func item(
        _ texts: [(name: String, value: String)], price: Double?, id address: String?
    ) throws(HTTPError) -> CatalogItem {
        var fields: [String: String] = [:]
        var attributes: [(name: String, value: String)] = []
        for (name, value) in texts {
            let text = value.trimmingCharacters(in: .whitespacesAndNewlines)
            guard text.utf8.count <= CatalogItem.longestText, !name.isEmpty,
                name.utf8.count <= CatalogItem.longestAttributeName, !CatalogItem.hasControls(name, allowsLines: false)
            else {
                throw invalid(
                    "The field \(name.prefix(40)) is longer than \(CatalogItem.longestText) bytes, or has no usable name."
                )
            }
            guard !CatalogItem.hasControls(text, allowsLines: name == "description") else {
                throw invalid(
                    "\(name) has control characters; description may have tabs and line ends, and no field any other.")
            }
            if known.contains(name) {
                guard fields.updateValue(text, forKey: name) == nil else { throw invalid("\(name) is there twice.") }
            } else if !text.isEmpty {
                guard !CatalogItem.isReserved(attribute: name) else {
                    throw invalid(
                        "\(name) is a parameter of addresses, so that items cannot be filtered by it. Call it otherwise."
                    )
                }
                attributes.append((name: name, value: text))
            }
        }
        guard attributes.count <= CatalogItem.mostAttributes else {
            throw invalid("There are more than \(CatalogItem.mostAttributes) attributes.")
        }
        func field(_ name: String) -> String? { fields[name].flatMap { $0.isEmpty ? nil : $0 } }
        guard let id = (address ?? field("id")).flatMap(CatalogItem.usableID),
            address == nil || field("id").map({ CatalogItem.usableID($0) == id }) ?? true
        else {
            throw invalid(
                "id has 1 to 200 characters without / and control characters, and is that of the address if there is one."
            )
        }
        let number = price ?? field("price").flatMap(Double.init)
        guard
            (price == nil && field("price") == nil)
                || number.map({ (0...CatalogItem.highestPrice).contains($0) }) ?? false
        else {
            throw invalid("price is a number from 0 to 1,000,000,000,000, such as 39.90.")
        }
        return CatalogItem(
            id: id, name: field("name"), category: field("category"), colour: field("colour"), gender: field("gender"),
            price: number, currency: field("currency"), url: field("url"), description: field("description"),
            attributes: attributes)
    }

    private static func invalid(_ reason: String) -> HTTPError {
        HTTPError(400, code: "invalid_item", message: reason)
    }
}
