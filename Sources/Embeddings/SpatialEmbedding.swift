public import ImageCodecs
import NeuralNet

/// What a network made of each part of a photo.
///
/// The vectors are not normalised: their mean over all positions, those in the padding too, is the embedding before it is
/// normalised. How long one is and where it points says how much its part of the photo added to what.
public struct SpatialEmbedding: Sendable, Equatable {
    /// Positions from top to bottom.
    public let rows: Int
    /// Positions from left to right.
    public let columns: Int
    /// Length of each vector.
    public let dimension: Int
    /// `rows * columns * dimension` floats: the vectors of the positions, row by row.
    public let values: [Float]
    /// For each position, row by row, the part of the photo that it stands for; `nil` if that is in the padding. The parts
    /// lie side by side, and together cover all that the network sees of the photo.
    public let regions: [ImageRegion?]

    /// - Precondition: there are as many values and regions as the sizes ask for.
    package init(rows: Int, columns: Int, dimension: Int, values: [Float], regions: [ImageRegion?]) {
        precondition(values.count == rows * columns * dimension && regions.count == rows * columns)
        self.rows = rows
        self.columns = columns
        self.dimension = dimension
        self.values = values
        self.regions = regions
    }

    /// The vector of the position with that number, counted row by row.
    public func vector(_ position: Int) -> ArraySlice<Float> {
        values[position * dimension..<(position + 1) * dimension]
    }

    /// The mean of all vectors: the embedding before it is normalised.
    public var mean: [Float] {
        var sum = [Double](repeating: 0, count: dimension)
        for (index, value) in values.enumerated() { sum[index % dimension] += Double(value) }
        return sum.map { Float($0 / Double(rows * columns)) }
    }
}

/// An embedding from which can be told what each position added to it.
package struct LocatedEmbedding: Sendable {
    /// The whole photo's.
    package let embedding: Embedding
    let output: NetworkOutput

    /// The positions, placed in the photo of `width` x `height` pixels that they were made of by that model; `nil` unless it
    /// ``EmbeddingModel/isSpatial``.
    package func spatial(width: Int, height: Int, in model: EmbeddingModel) -> SpatialEmbedding? {
        guard let positions = model.positions(of: output) else { return nil }
        let placement = model.fit.placement(
            sourceWidth: width, sourceHeight: height, width: model.inputWidth, height: model.inputHeight)
        func parts(_ count: Int, _ start: Int, _ length: Int, _ source: Double, _ extent: Double, _ side: Int)
            -> [(Double, Double)?]
        {
            positions.parts(count: count, start: Double(start), length: Double(length)).map { part in
                part.map { part in
                    func fraction(_ place: Double) -> Double { (source + place * extent) / Double(side) }
                    return (fraction(part.lowerBound), fraction(part.upperBound))
                }
            }
        }
        let source = placement.source
        let across = parts(positions.columns, placement.x, placement.width, source.x, source.width, width)
        let down = parts(positions.rows, placement.y, placement.height, source.y, source.height, height)
        let regions = down.flatMap { vertical in
            across.map { horizontal -> ImageRegion? in
                guard let vertical, let horizontal else { return nil }
                return ImageRegion(
                    x: horizontal.0, y: vertical.0, width: horizontal.1 - horizontal.0,
                    height: vertical.1 - vertical.0)
            }
        }
        return SpatialEmbedding(
            rows: positions.rows, columns: positions.columns, dimension: positions.dimension,
            values: positions.values, regions: regions)
    }
}

extension PositionVectors {
    /// The parts of one axis that its positions stand for: those with their centre in the picture share it, and if there are
    /// none, the nearest has it all.
    ///
    /// - Parameters:
    ///   - count: how many positions the axis has.
    ///   - start: where the picture begins in the input.
    ///   - length: its length there.
    /// - Returns: fractions of the picture; `nil` for those in the padding.
    fileprivate func parts(count: Int, start: Double, length: Double) -> [ClosedRange<Double>?] {
        let centres = (0..<count).map { firstCentre + stride * Double($0) }
        var inside = centres.indices.filter { start...(start + length) ~= centres[$0] }
        if inside.isEmpty {
            func distance(_ index: Int) -> Double { abs(centres[index] - start - length / 2) }
            inside = [centres.indices.min { distance($0) < distance($1) } ?? 0]
        }
        let edges = inside.dropFirst().map { (centres[$0] - stride / 2 - start) / length }
        let starts = [0] + edges
        let ends = edges + [1]
        var parts = [ClosedRange<Double>?](repeating: nil, count: count)
        for (number, index) in inside.enumerated() { parts[index] = starts[number]...ends[number] }
        return parts
    }
}
