import CatalogStore
import Foundation
import HTTPCore
import Recommender

extension Site {
    func registerComparisons(on router: inout Router) {
        router.on(
            .get, "/results/{token}/compare/{item}", lane: .compute, handler: answering { try $0.comparePhoto($1) })
        router.on(.get, "/items/{id}/compare/{item}", lane: .compute, handler: answering { try $0.compareItems($1) })
    }

    /// A shopper's photo beside an item.
    private func comparePhoto(_ request: HTTPRequest) throws -> HTTPResponse {
        let token = request.parameters["token"] ?? ""
        let entry = try entry(token)
        let item = try knownItem(request.parameters["item"] ?? "")
        let view = PhotoView(request, count: entry.photos.count)
        let kept = entry.photos[view.photo ?? 0]
        let asked = try vector(of: view, in: entry, token: token)
        let photo = try search.query(photo: kept.jpeg)
        let second = try picture(of: item)
        guard let spatial = photo.spatial, let agreement = Agreement(spatial, second.spatial) else {
            throw Self.notComparable
        }
        let address = "/results/" + token
        let back = TextFormat.address(address, view.query)
        let layout = layout(request) { $0.text("compare.title") }
        let looks = asked.isRecognised ? try LooksLike(asked.vector, in: search).traits : []
        return privately(
            page(
                .compare,
                ComparePage(
                    layout: layout,
                    pictures: [
                        ComparedPicture(
                            source: TextFormat.address(
                                address + "/photo.jpg",
                                PhotoView(count: entry.photos.count, photo: view.photo ?? 0).query),
                            href: back, label: layout.language.text("results.photo"),
                            width: kept.width, height: kept.height, parts: agreement.first, in: layout.language),
                        compared(item, second, agreement.second, in: layout.language),
                    ], similarity: agreement.similarity, traits: looks, item: item, back: back)))
    }

    private func compareItems(_ request: HTTPRequest) throws -> HTTPResponse {
        let item = try knownItem(request.parameters["id"] ?? "")
        let other = try knownItem(request.parameters["item"] ?? "")
        let (first, second) = (try picture(of: item), try picture(of: other))
        guard let agreement = Agreement(first.spatial, second.spatial) else { throw Self.notComparable }
        let layout = layout(request, current: .catalog) { $0.text("compare.title") }
        return page(
            .compare,
            ComparePage(
                layout: layout,
                pictures: [
                    compared(item, first, agreement.first, in: layout.language),
                    compared(other, second, agreement.second, in: layout.language),
                ], similarity: agreement.similarity, traits: SharedTraits.traits(of: item), item: other,
                back: ItemLinks(id: item.id).page))
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
            source: links.image, href: links.page, label: ItemCard.label(of: item, in: language), width: picture.width,
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
