import HTTPCore
import ImageCodecs
import PhotoFetch
import Recommender

extension Site {
    /// The photos that a request asks with, and the milliseconds that fetching one took.
    ///
    /// - Throws: `HTTPError`.
    func photos(
        of request: HTTPRequest, addressField: String, acceptsRaw: Bool
    ) throws -> (photos: [[UInt8]], fetchMilliseconds: Double?) {
        switch try SearchInput(request, addressField: addressField, acceptsRaw: acceptsRaw) {
        case .photos(let photos):
            return (photos, nil)
        case .address(let address):
            let start = ContinuousClock.now
            guard let fetcher else {
                throw HTTPError(
                    403, code: "addresses_off", message: "This server does not fetch photos. Send the photo itself.")
            }
            do {
                return ([try fetcher.photo(at: address)], start.millisecondsSince)
            } catch {
                throw HTTPError(error)
            }
        case .example(let id):
            return ([try itemPhoto(id)], nil)
        }
    }

    /// Decodes and embeds each of some photos; what is wrong with one of several says which.
    ///
    /// - Throws: `ImageError`, or `HTTPError` with the number of the photo.
    func queries(
        of photos: [[UInt8]], region: ImageRegion? = nil, detail: PhotoDetail = .picture
    ) throws -> [PhotoQuery] {
        try photos.enumerated().map { index, photo in
            do {
                return try search.query(photo: photo, region: region, detail: detail)
            } catch let error as ImageError where photos.count > 1 {
                throw HTTPError(
                    error.status, code: "photo_of_several", message: "Photo \(index + 1): \(error.message)",
                    details: ["number": String(index + 1)])
            }
        }
    }

    func upload(_ request: HTTPRequest) throws -> HTTPResponse {
        let (photos, _) = try photos(of: request, addressField: Self.addressField, acceptsRaw: false)
        let address = "/results/" + results.insert(try ResultStore.Entry(queries(of: photos)))
        guard Self.prefersJSON(request) else { return .seeOther(address) }
        // A script that is told where to go does not fetch the page twice.
        var response = try APIResponse.json(["location": address], status: 201)
        response.headers["Location"] = address
        return response
    }

    /// The field of the form on the home page.
    static let addressField = "address"

    /// What is looked for: a photo, a part of one, or all photos together.
    ///
    /// - Throws: `ImageError` if a part cannot be embedded.
    func vector(of view: PhotoView, in entry: ResultStore.Entry, token: String) throws -> PhotoVector {
        guard let number = view.photo else { return entry.together }
        guard let region = view.crop else { return entry.photos[number].query }
        let part = PhotoPart(photo: number, region: region)
        if let known = results.vector(of: part, in: token) { return known }
        let query = try search.query(photo: entry.photos[number].jpeg, region: region, detail: .vector)
        let vector = PhotoVector(query)
        results.keep(vector, of: part, in: token)
        return vector
    }

    func photo(_ request: HTTPRequest) throws -> HTTPResponse {
        let entry = try entry(request.parameters["token"] ?? "")
        let view = try PhotoView(request, count: entry.photos.count)
        return privately(
            HTTPResponse(headers: ["Content-Type": "image/jpeg"], body: .bytes(entry.photos[view.photo ?? 0].jpeg)))
    }
}
