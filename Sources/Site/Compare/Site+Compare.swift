import CatalogStore
import Foundation
import HTTPCore
import ImageCodecs
import Recommender

extension Site {
    func registerComparisons(on router: inout Router) {
        router.on(
            .get, "/results/{token}/compare/{item}", lane: .compute, handler: answering { try $0.comparePhoto($1) })
        router.on(.get, "/results/{token}/part.jpg", lane: .compute, handler: answering { try $0.part($1) })
        router.on(.get, "/items/{id}/compare/{item}", lane: .compute, handler: answering { try $0.compareItems($1) })
    }

    /// A shopper's photo, or the part of it that was looked for, beside an item.
    private func comparePhoto(_ request: HTTPRequest) throws -> HTTPResponse {
        let token = request.parameters["token"] ?? ""
        let entry = try entry(token)
        let item = try knownItem(request.parameters["item"] ?? "")
        var parameters = try pageParameters(request, reserved: PhotoView.names)
        parameters.view = try PhotoView(request, count: entry.photos.count)
        let asked = try vector(of: parameters.view, in: entry, token: token)
        let stored = try search.vectors(ofItems: [item.id])[item.id]
        let shown = ComparedPhoto(parameters.view, of: entry, beside: stored)
        let photo = try search.query(photo: entry.photos[shown.number].jpeg, region: shown.view.crop)
        let second = try picture(of: item)
        guard let spatial = photo.spatial, let agreement = Agreement(spatial, second.spatial) else {
            throw Self.notComparable
        }
        let looks = try LooksLike(asked.vector, in: search)
        var likeness = ComparedLikeness(pictures: Float(agreement.similarity))
        if let stored {
            let own = parameters.view.photo == nil ? entry.photos[shown.number].query : asked
            likeness = ComparedLikeness(pictures: VectorArithmetic.dot(own.vector, stored))
            if parameters.view.photo == nil {
                likeness.several = .init(
                    number: shown.number + 1, together: VectorArithmetic.dot(asked.vector, stored))
            }
            likeness.refined = try refined(asked.vector, beside: stored, &parameters) { looks }
        }
        let address = "/results/" + token
        let layout = layout(request, query: parameters.ownQuery) { $0.text("compare.title") }
        return privately(
            page(
                .compare,
                ComparePage(
                    layout: layout,
                    pictures: [
                        ComparedPicture(
                            source: TextFormat.address(
                                address + (shown.view.crop == nil ? "/photo.jpg" : "/part.jpg"), shown.view.query),
                            href: TextFormat.address(address, parameters.addressQuery),
                            label: shown.label(in: layout.language),
                            width: photo.image.width, height: photo.image.height, parts: agreement.first,
                            in: layout.language),
                        compared(item, second, agreement.second, in: layout.language),
                    ], likeness: likeness, traits: asked.isRecognised ? looks.traits : [], item: item,
                    back: TextFormat.address(address, parameters.addressQuery))))
    }

    private func compareItems(_ request: HTTPRequest) throws -> HTTPResponse {
        let item = try knownItem(request.parameters["id"] ?? "")
        let other = try knownItem(request.parameters["item"] ?? "")
        var parameters = try pageParameters(request)
        let (first, second) = (try picture(of: item), try picture(of: other))
        guard let agreement = Agreement(first.spatial, second.spatial) else { throw Self.notComparable }
        var likeness = ComparedLikeness(pictures: Float(agreement.similarity))
        let vectors = try search.vectors(ofItems: [item.id, other.id])
        if let one = vectors[item.id], let stored = vectors[other.id] {
            likeness = ComparedLikeness(pictures: VectorArithmetic.dot(one, stored))
            likeness.refined = try refined(one, beside: stored, &parameters) { LooksLike(item) }
        }
        let layout = layout(request, query: parameters.ownQuery, current: .catalog) { $0.text("compare.title") }
        return page(
            .compare,
            ComparePage(
                layout: layout,
                pictures: [
                    compared(item, first, agreement.first, in: layout.language),
                    compared(other, second, agreement.second, in: layout.language),
                ], likeness: likeness, traits: SharedTraits.traits(of: item), item: other,
                back: TextFormat.address(ItemLinks(id: item.id).page, parameters.addressQuery)
                    + (parameters.addressQuery.isEmpty ? "" : "#similar")))
    }

    /// How alike an item is to what was searched with, where what the visitor said counts besides; `nil` where nothing was
    /// said.
    private func refined(
        _ vector: [Float], beside stored: [Float], _ parameters: inout SearchParameters, looks: () throws -> LooksLike
    ) throws -> Float? {
        let query = try parameters.mended {
            try RefinedSearch(search, $0, collapses: collapses, from: .page).query(from: vector, looks: looks)
        }
        return parameters.refinement.isEmpty ? nil : VectorArithmetic.dot(query, stored)
    }

    /// `/results/{token}/part.jpg`: what was cut out of a photo.
    private func part(_ request: HTTPRequest) throws -> HTTPResponse {
        let entry = try entry(request.parameters["token"] ?? "")
        let view = try PhotoView(request, count: entry.photos.count)
        let photo = try ImageDecoder.decode(entry.photos[view.photo ?? 0].jpeg)
        let part = try JPEGEncoder.encode(photo.cut(to: view.crop ?? .all), quality: 85)
        return privately(HTTPResponse(headers: ["Content-Type": "image/jpeg"], body: .bytes(part)))
    }

    private func knownItem(_ id: String) throws -> CatalogItem {
        guard let item = try search.item(id: id) else { throw Self.unknownItem(id) }
        return item
    }

    private func compared(
        _ item: CatalogItem, _ picture: SpatialCache.Picture, _ parts: [Agreement.Part], in language: Language
    ) -> ComparedPicture {
        let links = ItemLinks(id: item.id)
        return ComparedPicture(
            source: links.image, href: links.page, label: ItemCard.label(of: item, in: language),
            labelLanguage: ItemCard.labelLanguage(of: item, in: language), width: picture.width,
            height: picture.height, parts: parts, in: language)
    }

    /// What each part of an item's photo adds to its vector.
    private func picture(of item: CatalogItem) throws -> SpatialCache.Picture {
        let key = item.contentHash.isEmpty ? "item " + item.id : item.contentHash
        if let known = comparisons.picture(key) { return known }
        guard let path = try search.imageFile(id: item.id) else { throw Self.unknownItem(item.id) }
        guard let bytes = FileManager.default.contents(atPath: path) else { throw Self.noPicture(item.id) }
        let query = try search.query(photo: [UInt8](bytes))
        guard let spatial = query.spatial else { throw Self.notComparable }
        let picture = SpatialCache.Picture(spatial: spatial, width: query.image.width, height: query.image.height)
        comparisons.insert(picture, key)
        return picture
    }

    private static var notComparable: HTTPError {
        HTTPError(404, code: "not_comparable", message: "Which parts of these two pictures agree cannot be told.")
    }
}
