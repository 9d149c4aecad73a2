import HTTPCore
import Recommender
