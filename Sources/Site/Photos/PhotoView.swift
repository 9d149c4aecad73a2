import HTTPCore
import ImageCodecs

/// Which of an upload's photos is looked at, and which part of it.
package struct PhotoView: Sendable, Equatable {
    /// Number of the photo, from 0; `nil`: all together.
    package private(set) var photo: Int? = 0
    /// The part; `nil`: the whole photo.
    package var crop: ImageRegion?
    /// How many photos there are.
    private let count: Int

    /// The names of the query's pairs that say it.
    package static let names: Set = ["photo", "crop"]

    /// All of an upload with so many photos.
    package init(count: Int = 1, photo: Int? = nil) {
        self.count = count
        self.photo = count == 1 ? 0 : photo
    }

    /// Reads `photo` (1 and up, or `all`) and `crop` (``ImageRegion/init(thousandths:)``) of an address. A part is one of a
    /// photo; of all together there is none.
    ///
    /// - Throws: `HTTPError` 400 `invalid_parameter`.
    package init(_ request: HTTPRequest, count: Int) throws(HTTPError) {
        var number: Int?
        if let text = request.query("photo"), text != "all" {
            guard let given = Int(text), 1...count ~= given else {
                throw SearchParameters.invalid(
                    "photo", "photo is \"\(text)\"; it must be all, or a whole number from 1 to \(count).", value: text)
            }
            number = given - 1
        }
        let region = try Self.region(of: request)
        self.init(count: count, photo: number)
        if photo != nil { crop = region }
    }

    /// The part of a photo that a query asks for.
    ///
    /// - Throws: `HTTPError` 400 `invalid_parameter`.
    static func region(of request: HTTPRequest) throws(HTTPError) -> ImageRegion? {
        guard let text = request.query("crop") else { return nil }
        guard let region = ImageRegion(thousandths: text) else {
            throw SearchParameters.invalid(
                "crop",
                "crop is \"\(text)\"; it must be x,y,width,height in thousandths of the photo's sides, within the "
                    + "photo and at least \(ImageRegion.leastThousandths) wide and high.", value: text)
        }
        return region
    }

    /// The pairs of the query that lead here.
    package var query: [(name: String, value: String)] {
        (count > 1 ? photo.map { [(name: "photo", value: String($0 + 1))] } ?? [] : [])
            + (crop.map { [(name: "crop", value: $0.thousandths)] } ?? [])
    }
}

extension ImageRegion {
    /// The least side of a part, in thousandths of the photo's.
    package static let leastThousandths = 20

    /// `x,y,width,height` in thousandths of the photo's sides from its top left corner; `nil` if that is no part of a photo.
    package init?(thousandths text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 4, parts.allSatisfy({ $0.utf8.count <= 4 && $0.allSatisfy(\.isASCII) }) else { return nil }
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == 4, numbers[0] >= 0, numbers[1] >= 0, numbers[2] >= Self.leastThousandths,
            numbers[3] >= Self.leastThousandths, numbers[0] + numbers[2] <= 1000, numbers[1] + numbers[3] <= 1000
        else { return nil }
        self.init(
            x: Double(numbers[0]) / 1000, y: Double(numbers[1]) / 1000, width: Double(numbers[2]) / 1000,
            height: Double(numbers[3]) / 1000)
    }

    /// The region as ``init(thousandths:)`` reads it.
    package var thousandths: String {
        thousandthEdges.map(String.init).joined(separator: ",")
    }

    /// Left, top, width and height in thousandths, within the photo.
    package var thousandthEdges: [Int] {
        func edges(_ start: Double, _ length: Double) -> (Int, Int) {
            let first = min(1000 - Self.leastThousandths, Int((start * 1000).rounded()))
            return (first, max(Self.leastThousandths, min(1000 - first, Int((length * 1000).rounded()))))
        }
        let (left, width) = edges(x, self.width)
        let (top, height) = edges(y, self.height)
        return [left, top, width, height]
    }
}
